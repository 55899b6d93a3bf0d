// ONNX Runtime's C interface for Swift. The library itself is opened at run time; see OnnxRuntime.swift.
#include <onnxruntime_c_api.h>
