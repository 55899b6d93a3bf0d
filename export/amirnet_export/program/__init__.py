"""What every format is written from: restorer and encoder as programs of named steps, in float and on the int8 grid."""
