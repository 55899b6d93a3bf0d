/* The libonnxruntime.so that the Java binding for Android looks for: it hands on to the Linux library that the variable
   AMIRNET_ONNXRUNTIME names, of the binding's own version or a later one (the C API stays compatible upwards). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "onnxruntime_c_api.h"

static void *real(const char *name) {
    static void *library;
    const char *path = getenv("AMIRNET_ONNXRUNTIME");
    if (!library && path) library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *found = library ? dlsym(library, name) : NULL;
    if (!found) {
        fprintf(stderr, "AMIRNET_ONNXRUNTIME=%s: no %s in it (%s)\n", path ? path : "", name, dlerror());
        abort();
    }
    return found;
}

const OrtApiBase *OrtGetApiBase(void) { return ((const OrtApiBase *(*)(void))real(__func__))(); }

OrtStatus *OrtSessionOptionsAppendExecutionProvider_CPU(OrtSessionOptions *options, int use_arena) {
    return ((OrtStatus * (*)(OrtSessionOptions *, int)) real(__func__))(options, use_arena);
}

OrtStatus *OrtSessionOptionsAppendExecutionProvider_Nnapi(OrtSessionOptions *options, uint32_t flags) {
    (void)options, (void)flags;
    return OrtGetApiBase()->GetApi(ORT_API_VERSION)->CreateStatus(ORT_NOT_IMPLEMENTED, "no NNAPI on a desk");
}
