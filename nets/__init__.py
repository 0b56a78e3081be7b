"""Networks, data, training and inference. Knows nothing of Qt (a test enforces it).

Importing any module here is cheap: Keras and TensorFlow take 4 to 12 seconds to import and are
therefore imported inside the functions that compute with them, so that the window, the menus and
``main.py nets --help`` are there at once.
"""
