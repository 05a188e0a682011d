#pragma once
#include <zmq.h>
#include <sys/eventfd.h>
#include <errno.h>

/* libzmq 4.3.4 accepts this option, but zmq.h hides the name behind the draft API (transport.md 1.2). */
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif
