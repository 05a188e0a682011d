#pragma once
#include <zmq.h>
#include <sys/eventfd.h>
#include <errno.h>
#include <pthread.h>

/* libzmq 4.3.4 accepts this option, but zmq.h hides the name behind the draft API
   (transport.md 1.2). */
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif

/* The EFD_* names are members of an anonymous enum, which Swift imports as Int: one typed opening
   call instead. */
static inline int loopdesk_eventfd(int is_blocking) {
    return eventfd(0, EFD_CLOEXEC | (is_blocking ? 0 : EFD_NONBLOCK));
}

/* glibc declares it for _GNU_SOURCE only, which a module map cannot set before the first
   include. */
extern int pthread_setname_np(pthread_t thread, const char *name);
static inline void loopdesk_name_thread(pthread_t thread, const char *name) {
    pthread_setname_np(thread, name);
}
