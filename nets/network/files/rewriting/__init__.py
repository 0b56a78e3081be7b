"""Rewrites stored configurations of Keras 1 to 2.15, and of today's ``.h5`` files, into today's ``.keras`` form.

Only JSON is rewritten; nothing of the file is run. In the result of ``rewrite`` every layer has a Keras module, so that
Keras finds classes in one place by one rule.
"""

from nets.network.files.rewriting.layers import Unknown
from nets.network.files.rewriting.models import Rewritten, rewrite

__all__ = ["Rewritten", "Unknown", "rewrite"]
