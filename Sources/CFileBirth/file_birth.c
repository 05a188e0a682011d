#define _GNU_SOURCE
#include "CFileBirth.h"

#include <fcntl.h>
#include <sys/stat.h>

// Foundation takes the time of the last change of the inode for the time of creation on Linux, and
// Swift's Glibc module does not show `statx`.
int file_birth(const char *path, uint64_t *inode, int64_t *seconds, uint32_t *nanoseconds) {
    struct statx status;
    if (statx(AT_FDCWD, path, 0, STATX_INO | STATX_BTIME, &status) != 0) return -1;
    *inode = status.stx_ino;
    const int is_kept = (status.stx_mask & STATX_BTIME) != 0;
    *seconds = is_kept ? status.stx_btime.tv_sec : 0;
    *nanoseconds = is_kept ? status.stx_btime.tv_nsec : 0;
    return 0;
}
