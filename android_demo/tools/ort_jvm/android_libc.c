/* What ONNX Runtime's Java binding for Android takes from Android's C library, handed on to Linux's: the binding in the
   official archive is built for x86-64 Android, and asks for these under the version name LIBC. */
#include <stddef.h>

#define HANDED_ON(kind, name, parameters, arguments) \
    extern kind name parameters;                     \
    kind android_##name parameters { return name arguments; } \
    __asm__(".symver android_" #name ", " #name "@LIBC")

#ifdef LIB_dl
HANDED_ON(int, dlclose, (void *library), (library));
#else
HANDED_ON(void *, malloc, (size_t size), (size));
HANDED_ON(void *, realloc, (void *place, size_t size), (place, size));
HANDED_ON(void, free, (void *place), (place));
HANDED_ON(void *, memcpy, (void *to, const void *from, size_t size), (to, from, size));
HANDED_ON(size_t, strlen, (const char *text), (text));
HANDED_ON(int, __cxa_atexit, (void (*call)(void *), void *value, void *owner), (call, value, owner));
HANDED_ON(void, __cxa_finalize, (void *owner), (owner));
HANDED_ON(int, __register_atfork, (void (*before)(void), void (*parent)(void), void (*child)(void), void *owner),
          (before, parent, child, owner));
HANDED_ON(void, __stack_chk_fail, (void), ());
#endif
