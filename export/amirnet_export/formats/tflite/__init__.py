"""TFLite: one file a model, one tile size, int8 from end to end; run by LiteRT, and by TensorFlow where it is asked."""
