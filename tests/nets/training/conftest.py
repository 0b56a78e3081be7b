from tests.nets.tiny_data import data, store

__all__ = ["data", "store"]
