"""The arithmetic of one value, forward and backward, written out under the cursor."""
