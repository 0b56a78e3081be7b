"""Stored configurations of Keras 1 to 2.15, and of today's ``.h5`` files, as today's Keras reads them from ``.keras``.

Only JSON is rewritten; nothing of the file is run. ``rewrite`` gives a configuration in which every layer has a module
of Keras, so that Keras looks classes up in one place and by one rule.
"""

from nets.network.files.rewriting.layers import Unknown
from nets.network.files.rewriting.models import Rewritten, rewrite

__all__ = ["Rewritten", "Unknown", "rewrite"]
