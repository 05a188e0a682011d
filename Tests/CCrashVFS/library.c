#define _GNU_SOURCE
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Stand before the C library's functions of the same names, in test programs only. Each does what
// the library's does, and tells the recording when the path lies in a recorded directory.

/// The error number for a call that must fail now; 0 if it need not.
static int error_now(crash_disk *disk) {
    switch (crash_fails(disk, CRASH_FAIL_SYNC)) {
    case NO_FAILURE: return 0;
    case DEVICE_FAILS: return EIO;
    case DISK_IS_FULL: return ENOSPC;
    }
    return 0;
}

/// The recorded directory that an open file is or lies in; `name` is NULL for the directory itself.
static crash_disk *disk_of(int descriptor, const char **name, char path[PATH_MAX]) {
    if (!crash_is_recording()) return NULL;
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0) return NULL;
    path[length] = '\0';
    *name = NULL;
    crash_disk *disk = crash_find_directory(path);
    return disk != NULL ? disk : crash_find(path, name);
}

/// Tells the recording that an open file, or a directory, is being synced. Returns an errno or 0.
static int note_sync(int descriptor) {
    char path[PATH_MAX];
    const char *name;
    crash_disk *disk = disk_of(descriptor, &name, path);
    // Of what SQLite's own VFS syncs, ours has recorded the files and cannot see the directory.
    if (disk == NULL || (crash_inside_vfs && name != NULL)) return 0;
    int error = crash_inside_vfs ? 0 : error_now(disk);
    if (error != 0) return error;
    if (!crash_inside_vfs && (crash_lies(disk) & CRASH_SWALLOW_OWN_SYNC)) return 0;
    if (name == NULL) {
        crash_directory_synced(disk);
    } else {
        crash_synced_name(disk, name);
    }
    return 0;
}

static int synced(int descriptor, long call) {
    int error = note_sync(descriptor);
    if (error != 0) {
        errno = error;
        return -1;
    }
    return (int)syscall(call, descriptor);
}

int fsync(int descriptor) { return synced(descriptor, SYS_fsync); }

int fdatasync(int descriptor) { return synced(descriptor, SYS_fdatasync); }

int unlink(const char *path) {
    const char *name;
    crash_disk *disk = crash_inside_vfs ? NULL : crash_find(path, &name);
    if (disk != NULL) crash_unlinked(disk, name);
    return unlinkat(AT_FDCWD, path, 0);
}

int rename(const char *from, const char *to) {
    const char *from_name = NULL, *to_name = NULL;
    crash_disk *from_disk = crash_find(from, &from_name);
    crash_disk *to_disk = crash_find(to, &to_name);
    crash_disk *disk = to_disk != NULL ? to_disk : from_disk;
    if (disk != NULL) {
        int error = error_now(disk);
        if (error != 0) {
            errno = error;
            return -1;
        }
        crash_renaming(from_disk, from_name, to_disk, to_name);
    }
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}
