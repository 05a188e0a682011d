#ifndef CFILEBIRTH_H
#define CFILEBIRTH_H

#include <stdint.h>

/// Reads which file lies at `path` and when it was made.
///
/// The time of birth never changes, unlike the times that `stat` knows; a file system that does not
/// keep it gives 0 and 0.
///
/// Returns 0, or -1 with `errno`.
int file_birth(const char *path, uint64_t *inode, int64_t *seconds, uint32_t *nanoseconds);

#endif
