"""The pure functions beside the widgets that paint: what stands where, and what is under the cursor."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.explore.maps.bar_layout import fit_bars
from gui.explore.maps.map_detail import rooms
from gui.paint.diagram_blocks import blocks_of
from gui.paint.diagram_layout import (
    DiagramLayout,
    Item,
    Link,
    Volume,
    at,
    block_at,
    depth_of,
    headroom,
    lay_out,
    links_of,
)
from gui.paint.grid_layout import GridLayout, Spot, fit_grid, whole_scale

side = st.integers(1, 300)


@given(st.integers(1, 600), side, side, st.integers(60, 1200), st.integers(60, 900), st.integers(0, 14))
def test_a_grid_fits_the_width_and_finds_every_pixel(count, height, width, room_width, room_height, band):
    layout = fit_grid(count, height, width, room_width, room_height, gap=6, smallest=40, band=band)
    assert layout.corner(layout.columns - 1)[0] + layout.cell_width <= room_width
    assert layout.scale == 1 or layout.reduce == 1
    for position in (0, count // 2, count - 1):
        x, y = layout.corner(position)
        assert layout.at(x, y) == Spot(position, 0, 0)
        last = layout.at(x + layout.cell_width - 1, y + layout.cell_height - 1)
        assert last is not None
        assert last.position == position
        assert height - layout.reduce <= last.row < height
        assert width - layout.reduce <= last.column < width
        assert layout.at(x + layout.cell_width, y) is None or layout.gap == 0


def test_maps_are_as_large_as_fit():
    layout = fit_grid(6, 28, 28, 3 * 28 * 6 + 2 * 6, 2 * 28 * 6 + 6, gap=6, smallest=40)
    assert (layout.columns, layout.rows, layout.scale) == (3, 2, 6)


def test_many_maps_scroll_at_the_smallest_size():
    layout = fit_grid(512, 7, 7, 400, 400, gap=6, smallest=40)
    assert layout.cell_width == 42
    assert layout.total_height > 400


def test_large_maps_are_reduced_by_a_whole_number():
    layout = fit_grid(64, 224, 224, 400, 400, gap=6, smallest=40)
    assert (layout.scale, layout.reduce, layout.cell_width) == (1, 2, 112)
    assert layout.at(1, 0) == Spot(0, 0, 2)


def test_only_rows_in_view_are_visible():
    layout = GridLayout(100, 10, 10, 10, 4, 1, 10)
    assert layout.visible_rows(0, 100) == range(0, 2)
    assert layout.visible_rows(60, 120) == range(1, 3)
    assert layout.visible_rows(10_000, 10_100) == range(200, 200)


@pytest.mark.parametrize(
    ("size", "room", "scale"),
    [((28, 28), (200, 300), 7.0), ((5, 10), (100, 100), 10.0), ((600, 600), (200, 400), 1 / 3)],
)
def test_the_scale_of_a_large_picture_is_whole(size, room, scale):
    assert whole_scale(*size, *room) == scale


@given(st.integers(1, 5000), st.integers(60, 1200), st.integers(60, 900))
def test_every_bar_is_found_under_the_cursor(count, room_width, room_height):
    layout = fit_bars(count, room_width, room_height, row_gap=12, widest=24, narrowest=3, lowest=64)
    assert layout.corner(layout.per_row - 1)[0] + layout.width <= room_width
    for position in (0, count // 3, count - 1):
        x, y = layout.corner(position)
        assert layout.at(x + layout.width / 2, y + layout.row_height / 2) == position
    assert layout.at(-1, 0) is None
    assert layout.at(0, layout.total_height + 1) is None


def test_a_map_stands_above_the_input_where_it_gets_larger():
    made = rooms(345, 420, (28, 28), words=70, may_stack=True)
    assert made.stacked
    assert made.large[1] > 260
    assert not rooms(345, 420, (28, 28), words=70, may_stack=False).stacked
    assert not rooms(480, 260, (28, 28), words=70, may_stack=True).stacked


ITEMS = (
    Item("", "drawing", (28, 28, 1)),
    Item("conv1", "conv1", (28, 28, 6)),
    Item("relu1", "relu1", (28, 28, 6), attached=True),
    Item("pool1", "pool1", (14, 14, 6)),
    Item("fc1", "fc1", (120,)),
    Item("fc2", "fc2", (84,)),
    Item("odd", "odd", (6, 4)),
)


def diagram(room: float = 120, width: float = 0) -> DiagramLayout:
    return lay_out(ITEMS, room, label_width=lambda item: 8.0 * len(item.name), width=width)


def test_volumes_are_to_scale():
    by_path = {volume.item.path: volume for volume in diagram().volumes}
    assert by_path["conv1"].height == 2 * by_path["pool1"].height
    assert by_path["conv1"].height % 28 == 0
    assert by_path["fc1"].height > by_path["fc2"].height
    assert by_path["conv1"].depth > by_path[""].depth


def test_depth_grows_with_the_logarithm_of_the_maps():
    steps = [depth_of((1, 1, maps)) for maps in (1, 2, 4, 8, 16)]
    assert {round(later - earlier, 6) for earlier, later in pairwise(steps)} == {4.0}


@pytest.mark.parametrize("room", [40, 120, 200])
@pytest.mark.parametrize("width", [0, 900])
def test_volumes_stay_inside_and_apart(room, width):
    layout = diagram(room, width)
    for volume in layout.volumes:
        assert volume.top >= -1
        assert volume.y + volume.height <= room + 1
    for before, after in pairwise(layout.volumes):
        assert before.right < after.x
    assert layout.width <= max(width, diagram(room).width) + 1


def test_names_do_not_touch():
    named = [volume for volume in diagram().volumes if volume.label_room]
    assert [volume.item.name for volume in named] == ["drawing", "conv1", "pool1", "fc1", "fc2", "odd"]
    for before, after in pairwise(named):
        assert before.label_x + before.label_room / 2 <= after.label_x - after.label_room / 2


def test_a_plain_chain_is_joined_one_to_the_next_without_room_above():
    links = links_of(ITEMS)
    assert links == tuple(Link(number, number + 1) for number in range(len(ITEMS) - 1))
    assert headroom(links) == 0


def test_a_skip_is_an_arc_above_the_volumes_between():
    shape = (14, 14, 8)
    items = (
        Item("", "drawing", shape),
        Item("stem", "stem", shape, inputs=("",)),
        Item("conv1", "conv1", shape, inputs=("stem",)),
        Item("conv2", "conv2", shape, inputs=("conv1",)),
        Item("side", "side", shape, inputs=("stem",)),
        Item("sum", "sum", shape, inputs=("conv2", "side", "stem")),
        Item("next", "next", shape, inputs=("sum",)),
        Item("far", "far", shape, inputs=("next", "sum")),
    )
    links = links_of(items)
    assert set(links) == {
        *(Link(0, 1), Link(1, 2), Link(2, 3), Link(4, 5), Link(5, 6), Link(6, 7)),
        *(Link(3, 5, 1), Link(5, 7, 1), Link(1, 4, 2), Link(1, 5, 3)),
    }
    between = [Item(f"more{n}", f"more{n}", shape, inputs=(f"more{n - 1}" if n else "conv2",)) for n in range(60)]
    joined = replace(items[5], inputs=("more59", "side", "stem"))  # of too many layers for a frame
    items = (*items[:4], *between, items[4], joined, items[6])
    layout = lay_out(items, 120, label_width=lambda item: 30.0)
    assert layout.lane(3) > 0
    assert all(volume.top > layout.lane(1) for volume in layout.volumes)
    assert max(volume.y + volume.height for volume in layout.volumes) <= 121


def test_front_top_and_side_belong_to_the_volume():
    volume = Volume(ITEMS[1], 10, 30, 20, 40, 10)
    layout = DiagramLayout((volume,), 50, 50)
    for x, y in ((15, 50), (25, 27), (35, 50)):
        assert at(layout, x, y) is volume
    for x, y in ((11, 26), (39, 69), (5, 50), (45, 50), (20, 20)):
        assert at(layout, x, y) is None


def module() -> tuple[Item, ...]:
    """A convolution, a block of three branches and a block with a skip, as the zoo's networks have them."""
    maps = (14, 14, 8)

    def item(path: str, *inputs: str, attached: bool = False, shape: tuple[int, ...] = maps) -> Item:
        return Item(path, path.rsplit("/", 1)[-1], shape, attached, inputs)

    return (
        Item("", "picture", (28, 28, 3)),
        item("conv", ""),
        item("mixed/a", "conv"),
        item("mixed/b1", "conv"),
        item("mixed/b2", "mixed/b1"),
        item("mixed/c", "conv"),
        item("mixed/joined", "mixed/a", "mixed/b2", "mixed/c", shape=(14, 14, 24)),
        item("residual/conv", "mixed/joined"),
        item("residual/norm", "residual/conv", attached=True),
        item("residual/add", "mixed/joined", "residual/norm"),
        item("answer", "residual/add", shape=(10,)),
    )


def test_a_block_is_a_frame_with_a_row_for_each_branch():
    items = module()
    layout = lay_out(items, 120, label_width=lambda item: 30.0)
    mixed, residual = layout.blocks
    assert (mixed.path, mixed.first, mixed.last, mixed.item.shape) == ("mixed", 2, 6, (14, 14, 24))
    assert (residual.item.name, residual.first, residual.last) == ("residual", 7, 9)
    box = {volume.item.path: volume for volume in layout.volumes}
    assert [volume.item for volume in layout.volumes] == list(items)
    middle = {path: volume.top + (volume.y + volume.height - volume.top) / 2 for path, volume in box.items()}
    assert middle["mixed/a"] < middle["mixed/b1"] < middle["mixed/c"], "a row for each branch"
    assert abs(middle["mixed/b1"] - middle["mixed/b2"]) <= 1, "a branch goes on in its row"
    assert box["mixed/b1"].right < box["mixed/b2"].x < box["mixed/joined"].x
    assert box["mixed/a"].x == box["mixed/b1"].x == box["mixed/c"].x, "branches begin together"
    assert abs(middle["mixed/joined"] - middle["mixed/b1"]) <= 1, "they are joined in their middle"


@pytest.mark.parametrize("room", [34, 44, 120, 200])
def test_frames_hold_their_layers_and_stay_apart(room):
    layout = lay_out(module(), room, label_width=lambda item: 30.0)
    for block in layout.blocks:
        for volume in layout.volumes[block.first : block.last + 1]:
            assert block.x < volume.x < volume.right < block.right
            assert block.y <= volume.top
            assert volume.y + volume.height <= block.y + block.height
        assert layout.lane(1) <= block.y
        assert block.y >= 0
        assert block.y + block.height <= room + 1
    mixed, residual = layout.blocks
    assert layout.volumes[1].right < mixed.x < mixed.right < residual.x < residual.right < layout.volumes[-1].x


def test_lines_lead_into_a_block_through_it_and_out():
    items = module()
    layout = lay_out(items, 120, label_width=lambda item: 30.0)
    assert links_of(items, layout.blocks) == (Link(0, 1), Link(1, 2), Link(6, 7), Link(9, 10))
    mixed, residual = layout.blocks
    starts = [wire.points[0] for wire in layout.wires]
    ends = [wire.points[-1] for wire in layout.wires]
    assert sum(x == mixed.x for x, _ in starts) == 3, "from the block's edge to each of its branches"
    assert sum(x == residual.x for x, _ in starts) == 2, "to the convolution, and past it"
    for block in layout.blocks:
        assert sum(x == block.right for x, _ in ends) == 1
    joined = layout.volumes[6]
    assert sum(x == joined.x for x, _ in ends) == 3
    assert all(x0 < x1 for wire in layout.wires for (x0, _), (x1, _) in pairwise(wire.points))


def test_a_plain_nested_chain_and_a_large_one_have_no_frame():
    chain = tuple(Item(f"part/{n}", str(n), (8, 8, 2), inputs=(f"part/{n - 1}" if n else "",)) for n in range(5))
    assert blocks_of((Item("", "picture", (8, 8, 1)), *chain)) == ()
    skips = [
        Item(f"all/{n}", str(n), (8, 8, 2), inputs=("",) if n < 2 else (f"all/{n - 1}", f"all/{n - 2}"))
        for n in range(70)
    ]
    assert blocks_of(skips) == ()
    inner = [replace(item, path=item.path.replace("all/", f"all/{n // 10}/")) for n, item in enumerate(skips)]
    assert [block.path for block in blocks_of(inner)] == [f"all/{n}" for n in range(7)], "frames inside of a large one"


def test_branches_of_a_network_without_nested_models_are_framed_too():
    """Keras's own networks are flat: earlier, ResNet50's blocks were long rows under arcs."""
    maps = (14, 14, 8)

    def item(name: str, *inputs: str) -> Item:
        return Item(name, name, maps, False, inputs)

    items = (
        Item("", "photograph", (28, 28, 3)),
        item("conv", ""),
        item("conv2_block1_1_conv", "conv"),
        item("conv2_block1_0_conv", "conv"),
        item("conv2_block1_add", "conv2_block1_0_conv", "conv2_block1_1_conv"),
        item("conv2_block1_out", "conv2_block1_add"),
        item("conv2_block2_1_conv", "conv2_block1_out"),
        item("conv2_block2_add", "conv2_block1_out", "conv2_block2_1_conv"),
        item("conv3", "conv2_block2_add"),
        item("conv4", "conv2_block2_add"),
        item("mixed0", "conv3", "conv4"),
        item("answer", "mixed0"),
    )
    found = [(block.item.name, block.first, block.last) for block in blocks_of(items)]
    assert found == [("conv2_block1", 2, 4), ("conv2_block2", 6, 7), ("mixed0", 8, 10)]
    layout = lay_out(items, 120, label_width=lambda item: 30.0)
    assert not any(link.lane for link in layout.links), "no arcs"
    assert [volume.item for volume in layout.volumes] == list(items)


def test_a_frame_is_found_under_the_cursor():
    layout = lay_out(module(), 120, label_width=lambda item: 30.0)
    block = layout.blocks[0]
    assert block_at(layout, block.x + 2, block.y + 2) is block
    assert block_at(layout, block.x - 2, block.y + 2) is None
