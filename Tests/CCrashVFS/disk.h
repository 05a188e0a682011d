#pragma once
#include "CCrashVFS.h"

#include <pthread.h>

// Shared by the files of this target.

/// What a recording keeps of one event.
typedef struct event {
    crash_event shown;
    uint8_t *bytes;  // of a write
    char *name;  // of a creation, an unlinking, or the new one of a renaming
    char *old_name;  // of a renaming
} event;

/// What a recording keeps of one file.
typedef struct file_state {
    char *first_name;
    uint8_t *base;  // as it was when the recording began
    int64_t base_size;
    bool is_database;  // SQLite's: its writes are seen, so its content need not be read
    uint8_t *seen;  // the content that was read last, of a file that is not SQLite's
    int64_t seen_size;
} file_state;

/// A name in the directory.
typedef struct entry {
    char *name;
    int32_t file;
} entry;

/// The names of a directory.
typedef struct listing {
    entry *entries;
    size_t count;
} listing;

struct crash_disk {
    pthread_mutex_t mutex;
    bool is_attached;
    char *directory;  // without symbolic links or a slash at the end
    event *events;
    size_t events_count, events_capacity;
    file_state *files;
    int32_t files_count;
    listing base, now;
    unsigned lies;
    unsigned failing;
    uint64_t failing_nth, failing_count, failures_count;
    uint64_t calls_counts[8];  // by the bit of their kind
    bool failing_for_ever, failing_full;
    crash_disk *next;
};

/// Whether this thread is inside a call of the VFS, whose files are recorded by the VFS.
extern _Thread_local bool crash_inside_vfs;

/// Whether any directory is recorded; cheap.
bool crash_is_recording(void);
/// The attached disk that `path` lies directly in, and the name there; NULL for any other path.
crash_disk *crash_find(const char *path, const char **name);
/// The attached disk whose directory `path` is.
crash_disk *crash_find_directory(const char *path);

// Each of these locks the disk.

/// SQLite is about to open a file: makes out whether it will be a new one.
bool crash_will_create(crash_disk *disk, const char *name);
/// SQLite has opened a file. Gives its number.
int32_t crash_opened(crash_disk *disk, const char *name, bool is_created);
void crash_wrote(
    crash_disk *disk, int32_t file, int64_t offset, const void *bytes, int64_t size);
void crash_truncated(crash_disk *disk, int32_t file, int64_t size);
void crash_synced(crash_disk *disk, int32_t file);
void crash_unlinked(crash_disk *disk, const char *name);
void crash_directory_synced(crash_disk *disk);
/// The store synced a file by itself.
void crash_synced_name(crash_disk *disk, const char *name);
/// The store is about to rename a file; either name may lie outside (NULL).
void crash_renaming(
    crash_disk *from_disk, const char *from, crash_disk *to_disk, const char *to);
/// What a call of this kind must fail with now.
typedef enum failure { NO_FAILURE, DEVICE_FAILS, DISK_IS_FULL } failure;
failure crash_fails(crash_disk *disk, unsigned kind);
unsigned crash_lies(crash_disk *disk);

// Helpers.

void *crash_allocate(void *old, size_t size);
char *crash_copy_text(const char *text);
/// Reads a file whole; NULL with `size` -1 if that is not possible.
uint8_t *crash_read_file(const char *directory, const char *name, int64_t *size);
/// Whether a name is never recorded: shared memory, locks.
bool crash_is_volatile(const char *name);
int32_t *crash_lookup(const listing *names, const char *name);
void crash_set_name(listing *names, const char *name, int32_t file);
bool crash_remove_name(listing *names, const char *name);
void crash_free_listing(listing *names);
