#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Records what happens to the files of one directory, and makes the files that a crash could leave.
//
// SQLite's part is seen by a VFS that wraps the one of the system and is the default of this
// process. What the stores do by themselves (the file of reserved numbers, the renaming of a
// backup) is seen by our own fsync, fdatasync, rename and unlink, which stand before those of the
// C library in a test program. Paths outside recorded directories pass through both untouched.
//
// Not seen: subdirectories, the shared memory of the write-ahead log (it does not outlive a crash)
// and the lock files (nothing is stored in them).

/// One thing that happened to a file or to the directory, in the order of time.
typedef enum __attribute__((enum_extensibility(closed))) crash_kind {
    CRASH_CREATE = 1,  ///< directory: a new, empty file under a name
    CRASH_WRITE = 2,   ///< file: bytes at an offset
    CRASH_TRUNCATE = 3,  ///< file: a new size, smaller or larger
    CRASH_SYNC = 4,  ///< file: everything above about its content is durable
    CRASH_UNLINK = 5,  ///< directory: a name is gone
    CRASH_RENAME = 6,  ///< directory: a file has another name, in place of the one that had it
    CRASH_DIRECTORY_SYNC = 7,  ///< everything above about names is durable
} crash_kind;

typedef struct crash_event {
    crash_kind kind;
    /// Counts the files of the recording; names move, this does not. Unused by a directory sync.
    int32_t file;
    int64_t offset;
    /// Bytes of a write, new size of a truncation.
    int64_t size;
    /// The index of the sync that made it durable; the count of all events if there is none.
    size_t durable_at;
} crash_event;

/// A recorded directory. Thread-safe while it is attached.
typedef struct crash_disk crash_disk;

/// Makes the recording VFS the default of this process, once.
/// Returns an SQLite result code.
int crash_vfs_install(void);

/// Starts to record `directory`, whose files count as durable as they stand. With a `parent`, the
/// first `events_count` events of that recording are taken as the beginning of this one: the
/// directory must hold what they left. Returns NULL when the directory cannot be read.
crash_disk *crash_disk_attach(
    const char *directory, const crash_disk *parent, size_t events_count);
/// Stops recording; what was recorded stays. Faults and lies end too.
void crash_disk_detach(crash_disk *disk);
void crash_disk_free(crash_disk *disk);

/// How many events there were so far. What the stores wrote into files of their own since the last
/// call is recorded first: such writes are not seen, only what they left.
size_t crash_disk_events_count(crash_disk *disk);
/// One event of a disk that is detached.
crash_event crash_disk_event(const crash_disk *disk, size_t index);
/// The name that a file had when it was seen first.
const char *crash_disk_file_name(const crash_disk *disk, int32_t file);

// --- Faults and lies

/// What can fail; a set of bits.
enum {
    CRASH_FAIL_READ = 1 << 0,
    CRASH_FAIL_WRITE = 1 << 1,  ///< leaves half of the bytes
    CRASH_FAIL_SYNC = 1 << 2,  ///< also a sync or rename that the store does by itself
    CRASH_FAIL_TRUNCATE = 1 << 3,
    CRASH_FAIL_OPEN = 1 << 4,
    CRASH_FAIL_DELETE = 1 << 5,
    CRASH_FAIL_MAP = 1 << 6,  ///< making the shared memory of the write-ahead log larger
};

/// Lets the `nth` call of these kinds fail, counted from 1 and from now, or that and all later
/// ones, with the error that such a call gives when the device fails (EIO) or the disk is full.
/// No kinds: no faults.
void crash_disk_fail(
    crash_disk *disk, unsigned kinds, uint64_t nth, bool for_ever, bool is_full);
/// How many calls of a kind, one bit, there were since the disk was attached.
uint64_t crash_disk_calls_count(crash_disk *disk, unsigned kind);
/// How many calls have failed since `crash_disk_fail`.
uint64_t crash_disk_failures_count(crash_disk *disk);

/// What a lying disk does.
enum {
    CRASH_SWALLOW_LOG_SYNC = 1 << 0,  ///< syncs of a write-ahead log do nothing
    CRASH_SWALLOW_DATABASE_SYNC = 1 << 1,  ///< syncs of a database file do nothing
    /// Connections run with `synchronous=OFF` and say that they run with FULL.
    CRASH_SYNCHRONOUS_OFF = 1 << 2,
    CRASH_SWALLOW_OWN_SYNC = 1 << 3,  ///< syncs that the store does by itself do nothing
};
void crash_disk_lie(crash_disk *disk, unsigned lies);

// --- What a crash leaves

/// An event, or for a write the part of it from `from` to `to`, that reached the disk although no
/// sync asked for it.
typedef struct crash_piece {
    size_t event;
    int64_t from;
    int64_t to;
} crash_piece;

/// The files of a directory after a crash.
typedef struct crash_image crash_image;

/// The files after a crash that followed the first `events_count` events: what they had made
/// durable, and these pieces of the rest, in the order of the recording.
crash_image *crash_image_make(
    const crash_disk *disk, size_t events_count, const crash_piece *pieces, size_t pieces_count);
/// The files of a directory as they are, except what is never recorded; NULL if there is none.
crash_image *crash_image_read(const char *directory);
void crash_image_free(crash_image *image);
/// 128 bits that differ when a name or a byte differs.
void crash_image_hash(const crash_image *image, uint64_t hash[2]);
size_t crash_image_files_count(const crash_image *image);
const char *crash_image_name(const crash_image *image, size_t index);
const uint8_t *crash_image_bytes(const crash_image *image, size_t index, size_t *size);
/// Writes the files into an existing directory. Returns 0, or an errno.
int crash_image_write(const crash_image *image, const char *directory);

// --- What a database says

/// The rows of one table, or the schema under the name "schema".
typedef struct crash_table {
    char name[64];
    int64_t rows_count;
    uint64_t hash;
} crash_table;

/// Reads every table of a database past the recording and without changing it. Columns named in
/// `skipped` ("table.column", or NULL) do not count.
/// Returns the number of tables, or a negative SQLite result code.
int crash_dump(const char *path, const char *skipped, crash_table *tables, int tables_count_max);
