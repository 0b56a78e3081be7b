"""The answer beside the pad: bars, verdict, and the stages from the drawing to the network's input."""
