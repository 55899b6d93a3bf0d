#include "amirnet_onnxruntime.h"
