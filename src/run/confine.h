/*
 * run/confine.h - questions of `doctor` and tests about confinement.
 *
 * The machine process runs a lesson's code behind a seccomp filter and memory limits.  Some
 * builds and kernels cannot have these limits.  CONFINE_SANITIZED and
 * confine_seccomp_available() report such a build or kernel.
 *
 * Lives here:   support for confinement by this build and this kernel.
 * Never here:   confinement itself (director_confine() in director.h).
 * Licence: MIT.
 */
#ifndef KW_RUN_CONFINE_H
#define KW_RUN_CONFINE_H

#include <stdbool.h>

/* Sanitizers need room and calls of their own: the list is longer, memory is not limited. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CONFINE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
	__has_feature(memory_sanitizer)
#define CONFINE_SANITIZED 1
#endif
#endif
#ifndef CONFINE_SANITIZED
#define CONFINE_SANITIZED 0
#endif

/* Does this kernel take seccomp filters?  Changes nothing. */
bool confine_seccomp_available(void);

#endif
