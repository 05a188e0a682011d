#include "disk.h"

#include <sqlite3.h>
#include <string.h>

// A VFS over the system's own: records what happens to the files of recorded directories.

static sqlite3_vfs shim;
static sqlite3_vfs *system_vfs;

/// An open file of a recorded directory; the system's own file follows it in memory.
typedef struct recorded_file {
    sqlite3_file shown;
    sqlite3_file *real;
    crash_disk *disk;
    int32_t number;
    bool is_log;
    bool is_database;
} recorded_file;

static recorded_file *recorded(sqlite3_file *file) { return (recorded_file *)file; }

// --- Files

static int file_close(sqlite3_file *file) {
    sqlite3_file *real = recorded(file)->real;
    return real->pMethods->xClose(real);
}

static int file_read(sqlite3_file *file, void *buffer, int size, sqlite3_int64 offset) {
    recorded_file *own = recorded(file);
    if (crash_fails(own->disk, CRASH_FAIL_READ)) return SQLITE_IOERR_READ;
    return own->real->pMethods->xRead(own->real, buffer, size, offset);
}

static int file_write(
    sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset) {
    recorded_file *own = recorded(file);
    failure failure = crash_fails(own->disk, CRASH_FAIL_WRITE);
    // A write that fails has often begun.
    if (failure != NO_FAILURE) size /= 2;
    if (size > 0) {
        int result = own->real->pMethods->xWrite(own->real, bytes, size, offset);
        if (result != SQLITE_OK) return result;
        crash_wrote(own->disk, own->number, offset, bytes, size);
    }
    if (failure == NO_FAILURE) return SQLITE_OK;
    return failure == DISK_IS_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    recorded_file *own = recorded(file);
    if (crash_fails(own->disk, CRASH_FAIL_TRUNCATE)) return SQLITE_IOERR_TRUNCATE;
    int result = own->real->pMethods->xTruncate(own->real, size);
    if (result == SQLITE_OK) crash_truncated(own->disk, own->number, size);
    return result;
}

static int file_sync(sqlite3_file *file, int flags) {
    recorded_file *own = recorded(file);
    if (crash_fails(own->disk, CRASH_FAIL_SYNC)) return SQLITE_IOERR_FSYNC;
    unsigned lies = crash_lies(own->disk);
    if (own->is_log && (lies & CRASH_SWALLOW_LOG_SYNC)) return SQLITE_OK;
    if (own->is_database && (lies & CRASH_SWALLOW_DATABASE_SYNC)) return SQLITE_OK;
    // The system's VFS may sync the directory too, after the file: our fsync sees that.
    crash_synced(own->disk, own->number);
    crash_inside_vfs = true;
    int result = own->real->pMethods->xSync(own->real, flags);
    crash_inside_vfs = false;
    return result;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    sqlite3_file *real = recorded(file)->real;
    return real->pMethods->xFileSize(real, size);
}

static int file_lock(sqlite3_file *file, int level) {
    sqlite3_file *real = recorded(file)->real;
    return real->pMethods->xLock(real, level);
}

static int file_unlock(sqlite3_file *file, int level) {
    sqlite3_file *real = recorded(file)->real;
    return real->pMethods->xUnlock(real, level);
}

static int file_check_reserved_lock(sqlite3_file *file, int *result) {
    sqlite3_file *real = recorded(file)->real;
    return real->pMethods->xCheckReservedLock(real, result);
}

/// A connection that was told to run without syncs says that it runs with all of them.
static int lie_about_synchronous(recorded_file *own, char **arguments) {
    if (!(crash_lies(own->disk) & CRASH_SYNCHRONOUS_OFF)) return SQLITE_NOTFOUND;
    if (sqlite3_stricmp(arguments[1], "synchronous") != 0) return SQLITE_NOTFOUND;
    if (arguments[2] == NULL) {
        arguments[0] = sqlite3_mprintf("2");
        return SQLITE_OK;
    }
    return sqlite3_stricmp(arguments[2], "OFF") == 0 ? SQLITE_NOTFOUND : SQLITE_OK;
}

static int file_control(sqlite3_file *file, int operation, void *argument) {
    recorded_file *own = recorded(file);
    if (operation == SQLITE_FCNTL_PRAGMA) {
        int result = lie_about_synchronous(own, argument);
        if (result != SQLITE_NOTFOUND) return result;
    }
    return own->real->pMethods->xFileControl(own->real, operation, argument);
}

static int file_sector_size(sqlite3_file *file) {
    sqlite3_file *real = recorded(file)->real;
    return real->pMethods->xSectorSize(real);
}

static int file_characteristics(sqlite3_file *file) {
    sqlite3_file *real = recorded(file)->real;
    return real->pMethods->xDeviceCharacteristics(real);
}

static int file_map_shared(
    sqlite3_file *file, int region, int size, int extends, void volatile **memory) {
    recorded_file *own = recorded(file);
    if (extends && crash_fails(own->disk, CRASH_FAIL_MAP)) return SQLITE_IOERR_SHMSIZE;
    return own->real->pMethods->xShmMap(own->real, region, size, extends, memory);
}

static int file_lock_shared(sqlite3_file *file, int offset, int count, int flags) {
    sqlite3_file *real = recorded(file)->real;
    return real->pMethods->xShmLock(real, offset, count, flags);
}

static void file_barrier(sqlite3_file *file) {
    sqlite3_file *real = recorded(file)->real;
    real->pMethods->xShmBarrier(real);
}

static int file_unmap_shared(sqlite3_file *file, int deletes) {
    sqlite3_file *real = recorded(file)->real;
    return real->pMethods->xShmUnmap(real, deletes);
}

/// Version 2: without memory maps, whose writes nobody could see.
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_reserved_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_map_shared,
    .xShmLock = file_lock_shared,
    .xShmBarrier = file_barrier,
    .xShmUnmap = file_unmap_shared,
};

// --- The VFS

static int vfs_open(
    sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *flags_out) {
    (void)vfs;
    const int kinds = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL
        | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
    const char *name;
    crash_disk *disk = (flags & kinds) ? crash_find(path, &name) : NULL;
    // The space that we asked for is enough for the system's own file alone.
    if (disk == NULL) return system_vfs->xOpen(system_vfs, path, file, flags, flags_out);
    recorded_file *own = recorded(file);
    *own = (recorded_file){
        .real = (sqlite3_file *)(own + 1), .disk = disk,
        .is_log = (flags & SQLITE_OPEN_WAL) != 0,
        .is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0};
    if (crash_fails(disk, CRASH_FAIL_OPEN)) return SQLITE_CANTOPEN;
    bool creates = crash_will_create(disk, name);
    memset(own->real, 0, (size_t)system_vfs->szOsFile);
    int result = system_vfs->xOpen(system_vfs, path, own->real, flags, flags_out);
    if (result != SQLITE_OK) return result;
    own->number = crash_opened(disk, name, creates);
    own->shown.pMethods = &methods;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int syncs_directory) {
    (void)vfs;
    const char *name;
    crash_disk *disk = crash_find(path, &name);
    if (disk == NULL) return system_vfs->xDelete(system_vfs, path, syncs_directory);
    if (crash_fails(disk, CRASH_FAIL_DELETE)) return SQLITE_IOERR_DELETE;
    crash_unlinked(disk, name);
    crash_inside_vfs = true;
    int result = system_vfs->xDelete(system_vfs, path, syncs_directory);
    crash_inside_vfs = false;
    return result;
}

/// Runs for every connection that is opened in this process.
static int obey_lies(
    sqlite3 *connection, const char **message, const struct sqlite3_api_routines *unused) {
    (void)message;
    (void)unused;
    const char *name;
    crash_disk *disk = crash_find(sqlite3_db_filename(connection, "main"), &name);
    if (disk == NULL || !(crash_lies(disk) & CRASH_SYNCHRONOUS_OFF)) return SQLITE_OK;
    return sqlite3_exec(connection, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
}

int crash_vfs_install(void) {
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&mutex);
    int result = SQLITE_OK;
    if (system_vfs == NULL && (system_vfs = sqlite3_vfs_find("unix")) == NULL)
        result = SQLITE_ERROR;
    if (result == SQLITE_OK && shim.zName == NULL) {
        shim = *system_vfs;
        shim.zName = "loopdesk-crash";
        shim.szOsFile = (int)sizeof(recorded_file) + system_vfs->szOsFile;
        shim.pNext = NULL;
        shim.xOpen = vfs_open;
        shim.xDelete = vfs_delete;
        result = sqlite3_vfs_register(&shim, 1);
        if (result == SQLITE_OK) result = sqlite3_auto_extension((void (*)(void))obey_lies);
    }
    pthread_mutex_unlock(&mutex);
    return result;
}
