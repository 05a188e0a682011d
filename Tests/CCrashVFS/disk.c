#define _GNU_SOURCE
#include "disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t registry_mutex = PTHREAD_MUTEX_INITIALIZER;
static crash_disk *registry;
static atomic_int registry_count;
_Thread_local bool crash_inside_vfs;

// --- Helpers

void *crash_allocate(void *old, size_t size) {
    void *memory = realloc(old, size > 0 ? size : 1);
    if (memory == NULL) {
        fprintf(stderr, "crash recording: no memory for %zu bytes\n", size);
        abort();
    }
    return memory;
}

char *crash_copy_text(const char *text) {
    size_t size = strlen(text) + 1;
    return memcpy(crash_allocate(NULL, size), text, size);
}

static uint8_t *copy_bytes(const void *bytes, int64_t size) {
    uint8_t *copy = crash_allocate(NULL, (size_t)size);
    if (size > 0) memcpy(copy, bytes, (size_t)size);
    return copy;
}

uint8_t *crash_read_file(const char *directory, const char *name, int64_t *size) {
    char path[PATH_MAX];
    *size = -1;
    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path) return NULL;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return NULL;
    struct stat status;
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(descriptor);
        return NULL;
    }
    uint8_t *bytes = crash_allocate(NULL, (size_t)status.st_size);
    int64_t count = 0;
    while (count < status.st_size) {
        ssize_t step = pread(
            descriptor, bytes + count, (size_t)(status.st_size - count), (off_t)count);
        if (step <= 0) break;
        count += step;
    }
    close(descriptor);
    *size = count;
    return bytes;
}

static bool ends_with(const char *text, const char *end) {
    size_t text_length = strlen(text), end_length = strlen(end);
    return text_length >= end_length && strcmp(text + text_length - end_length, end) == 0;
}

bool crash_is_volatile(const char *name) {
    return name[0] == '.' || ends_with(name, "-shm") || ends_with(name, ".lock");
}

int32_t *crash_lookup(const listing *names, const char *name) {
    for (size_t index = 0; index < names->count; index++) {
        if (strcmp(names->entries[index].name, name) == 0) return &names->entries[index].file;
    }
    return NULL;
}

void crash_set_name(listing *names, const char *name, int32_t file) {
    int32_t *known = crash_lookup(names, name);
    if (known != NULL) {
        *known = file;
        return;
    }
    names->entries = crash_allocate(names->entries, (names->count + 1) * sizeof(entry));
    names->entries[names->count++] = (entry){crash_copy_text(name), file};
}

bool crash_remove_name(listing *names, const char *name) {
    for (size_t index = 0; index < names->count; index++) {
        if (strcmp(names->entries[index].name, name) != 0) continue;
        free(names->entries[index].name);
        names->entries[index] = names->entries[--names->count];
        return true;
    }
    return false;
}

void crash_free_listing(listing *names) {
    for (size_t index = 0; index < names->count; index++) free(names->entries[index].name);
    free(names->entries);
    *names = (listing){0};
}

// --- Recording; the disk is locked

static event *append(crash_disk *disk, crash_kind kind, int32_t file) {
    if (disk->events_count == disk->events_capacity) {
        disk->events_capacity = disk->events_capacity > 0 ? 2 * disk->events_capacity : 256;
        disk->events = crash_allocate(disk->events, disk->events_capacity * sizeof(event));
    }
    event *new = &disk->events[disk->events_count++];
    *new = (event){.shown = {.kind = kind, .file = file}};
    return new;
}

static int32_t add_file(crash_disk *disk, const char *name) {
    disk->files = crash_allocate(
        disk->files, (size_t)(disk->files_count + 1) * sizeof(file_state));
    disk->files[disk->files_count] = (file_state){.first_name = crash_copy_text(name)};
    return disk->files_count++;
}

static int32_t record_creation(crash_disk *disk, const char *name) {
    int32_t file = add_file(disk, name);
    append(disk, CRASH_CREATE, file)->name = crash_copy_text(name);
    crash_set_name(&disk->now, name, file);
    return file;
}

static void record_write(
    crash_disk *disk, int32_t file, int64_t offset, const void *bytes, int64_t size) {
    event *new = append(disk, CRASH_WRITE, file);
    new->shown.offset = offset;
    new->shown.size = size;
    new->bytes = copy_bytes(bytes, size);
}

static void record_truncation(crash_disk *disk, int32_t file, int64_t size) {
    append(disk, CRASH_TRUNCATE, file)->shown.size = size;
}

static void record_unlinking(crash_disk *disk, const char *name) {
    int32_t *file = crash_lookup(&disk->now, name);
    if (file == NULL) return;
    append(disk, CRASH_UNLINK, *file)->name = crash_copy_text(name);
    crash_remove_name(&disk->now, name);
}

/// Reads a file that is not SQLite's and records what has changed in it.
static void record_content(crash_disk *disk, const char *name, int32_t file) {
    file_state *state = &disk->files[file];
    if (state->is_database) return;
    int64_t size;
    uint8_t *bytes = crash_read_file(disk->directory, name, &size);
    if (bytes == NULL) return;
    bool is_same = size == state->seen_size
        && (size == 0 || memcmp(bytes, state->seen, (size_t)size) == 0);
    if (!is_same) {
        if (state->seen_size > 0) record_truncation(disk, file, 0);
        record_write(disk, file, 0, bytes, size);
        free(disk->files[file].seen);
        disk->files[file].seen = bytes;
        disk->files[file].seen_size = size;
    } else {
        free(bytes);
    }
}

/// Records files that came into being by calls that are not seen.
static void record_strangers(crash_disk *disk) {
    DIR *directory = opendir(disk->directory);
    if (directory == NULL) return;
    for (struct dirent *found; (found = readdir(directory)) != NULL;) {
        if (crash_is_volatile(found->d_name) || crash_lookup(&disk->now, found->d_name) != NULL)
            continue;
        if (found->d_type != DT_REG) continue;
        record_content(disk, found->d_name, record_creation(disk, found->d_name));
    }
    closedir(directory);
}

/// Records what the stores wrote into files of their own without syncing it.
static void record_own_files(crash_disk *disk) {
    record_strangers(disk);
    for (size_t index = 0; index < disk->now.count; index++)
        record_content(disk, disk->now.entries[index].name, disk->now.entries[index].file);
}

static bool exists(const crash_disk *disk, const char *name) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", disk->directory, name);
    return access(path, F_OK) == 0;
}

// --- Recording, for the VFS and the C library

bool crash_will_create(crash_disk *disk, const char *name) {
    pthread_mutex_lock(&disk->mutex);
    bool is_there = exists(disk, name);
    if (!is_there) record_unlinking(disk, name);
    if (is_there && crash_lookup(&disk->now, name) == NULL) record_strangers(disk);
    pthread_mutex_unlock(&disk->mutex);
    return !is_there;
}

int32_t crash_opened(crash_disk *disk, const char *name, bool is_created) {
    pthread_mutex_lock(&disk->mutex);
    int32_t *known = crash_lookup(&disk->now, name);
    int32_t file = known != NULL && !is_created ? *known : record_creation(disk, name);
    disk->files[file].is_database = true;
    pthread_mutex_unlock(&disk->mutex);
    return file;
}

void crash_wrote(
    crash_disk *disk, int32_t file, int64_t offset, const void *bytes, int64_t size) {
    pthread_mutex_lock(&disk->mutex);
    record_write(disk, file, offset, bytes, size);
    pthread_mutex_unlock(&disk->mutex);
}

void crash_truncated(crash_disk *disk, int32_t file, int64_t size) {
    pthread_mutex_lock(&disk->mutex);
    record_truncation(disk, file, size);
    pthread_mutex_unlock(&disk->mutex);
}

void crash_synced(crash_disk *disk, int32_t file) {
    pthread_mutex_lock(&disk->mutex);
    append(disk, CRASH_SYNC, file);
    pthread_mutex_unlock(&disk->mutex);
}

void crash_unlinked(crash_disk *disk, const char *name) {
    pthread_mutex_lock(&disk->mutex);
    record_unlinking(disk, name);
    pthread_mutex_unlock(&disk->mutex);
}

void crash_directory_synced(crash_disk *disk) {
    pthread_mutex_lock(&disk->mutex);
    record_strangers(disk);
    append(disk, CRASH_DIRECTORY_SYNC, -1);
    pthread_mutex_unlock(&disk->mutex);
}

void crash_synced_name(crash_disk *disk, const char *name) {
    pthread_mutex_lock(&disk->mutex);
    record_strangers(disk);
    int32_t *file = crash_lookup(&disk->now, name);
    if (file != NULL) {
        record_content(disk, name, *file);
        append(disk, CRASH_SYNC, *file);
    }
    pthread_mutex_unlock(&disk->mutex);
}

void crash_renaming(
    crash_disk *from_disk, const char *from, crash_disk *to_disk, const char *to) {
    if (from_disk != NULL && from_disk != to_disk) crash_unlinked(from_disk, from);
    // A file from elsewhere is found as a stranger at the next event.
    if (to_disk == NULL || from_disk != to_disk) return;
    pthread_mutex_lock(&to_disk->mutex);
    record_strangers(to_disk);
    int32_t *file = crash_lookup(&to_disk->now, from);
    if (file != NULL) {
        int32_t number = *file;
        record_content(to_disk, from, number);
        event *new = append(to_disk, CRASH_RENAME, number);
        new->name = crash_copy_text(to);
        new->old_name = crash_copy_text(from);
        crash_remove_name(&to_disk->now, from);
        crash_set_name(&to_disk->now, to, number);
    }
    pthread_mutex_unlock(&to_disk->mutex);
}

failure crash_fails(crash_disk *disk, unsigned kind) {
    pthread_mutex_lock(&disk->mutex);
    failure result = NO_FAILURE;
    disk->calls_counts[__builtin_ctz(kind) & 7]++;
    if (disk->failing & kind) {
        disk->failing_count++;
        if (disk->failing_count == disk->failing_nth
            || (disk->failing_for_ever && disk->failing_count > disk->failing_nth)) {
            disk->failures_count++;
            result = disk->failing_full ? DISK_IS_FULL : DEVICE_FAILS;
        }
    }
    pthread_mutex_unlock(&disk->mutex);
    return result;
}

unsigned crash_lies(crash_disk *disk) {
    pthread_mutex_lock(&disk->mutex);
    unsigned lies = disk->lies;
    pthread_mutex_unlock(&disk->mutex);
    return lies;
}

// --- The registry

bool crash_is_recording(void) {
    return atomic_load_explicit(&registry_count, memory_order_relaxed) > 0;
}

crash_disk *crash_find(const char *path, const char **name) {
    if (!crash_is_recording() || path == NULL) return NULL;
    const char *slash = strrchr(path, '/');
    if (slash == NULL) return NULL;
    size_t length = (size_t)(slash - path);
    pthread_mutex_lock(&registry_mutex);
    crash_disk *disk = registry;
    while (disk != NULL
           && (strlen(disk->directory) != length || memcmp(disk->directory, path, length) != 0))
        disk = disk->next;
    pthread_mutex_unlock(&registry_mutex);
    if (disk == NULL || crash_is_volatile(slash + 1)) return NULL;
    *name = slash + 1;
    return disk;
}

crash_disk *crash_find_directory(const char *path) {
    if (!crash_is_recording()) return NULL;
    pthread_mutex_lock(&registry_mutex);
    crash_disk *disk = registry;
    while (disk != NULL && strcmp(disk->directory, path) != 0) disk = disk->next;
    pthread_mutex_unlock(&registry_mutex);
    return disk;
}

/// Takes over the beginning of another recording.
static void inherit(crash_disk *disk, const crash_disk *parent, size_t events_count) {
    for (int32_t index = 0; index < parent->files_count; index++) {
        const file_state *old = &parent->files[index];
        int32_t file = add_file(disk, old->first_name);
        disk->files[file].base = copy_bytes(old->base, old->base_size);
        disk->files[file].base_size = old->base_size;
        disk->files[file].is_database = old->is_database;
    }
    for (size_t index = 0; index < parent->base.count; index++) {
        const entry *old = &parent->base.entries[index];
        crash_set_name(&disk->base, old->name, old->file);
        crash_set_name(&disk->now, old->name, old->file);
    }
    for (size_t index = 0; index < events_count; index++) {
        const event *old = &parent->events[index];
        event *new = append(disk, old->shown.kind, old->shown.file);
        new->shown = old->shown;
        if (old->bytes != NULL) new->bytes = copy_bytes(old->bytes, old->shown.size);
        if (old->name != NULL) new->name = crash_copy_text(old->name);
        if (old->old_name != NULL) new->old_name = crash_copy_text(old->old_name);
        if (old->shown.kind == CRASH_UNLINK) crash_remove_name(&disk->now, old->name);
        if (old->shown.kind == CRASH_RENAME) crash_remove_name(&disk->now, old->old_name);
        if (old->shown.kind == CRASH_CREATE || old->shown.kind == CRASH_RENAME)
            crash_set_name(&disk->now, old->name, old->shown.file);
    }
    // What was read of a file belongs to the end of the parent's recording: read it again.
    for (size_t index = 0; index < disk->now.count; index++) {
        file_state *state = &disk->files[disk->now.entries[index].file];
        if (state->is_database) continue;
        state->seen = crash_read_file(
            disk->directory, disk->now.entries[index].name, &state->seen_size);
        if (state->seen == NULL) state->seen_size = 0;
    }
}

/// Takes the files as they are for durable.
static bool take_base(crash_disk *disk) {
    DIR *directory = opendir(disk->directory);
    if (directory == NULL) return false;
    for (struct dirent *found; (found = readdir(directory)) != NULL;) {
        if (found->d_type != DT_REG || crash_is_volatile(found->d_name)) continue;
        int64_t size;
        uint8_t *bytes = crash_read_file(disk->directory, found->d_name, &size);
        if (bytes == NULL) continue;
        int32_t file = add_file(disk, found->d_name);
        disk->files[file].base = bytes;
        disk->files[file].base_size = size;
        disk->files[file].seen = copy_bytes(bytes, size);
        disk->files[file].seen_size = size;
        crash_set_name(&disk->base, found->d_name, file);
        crash_set_name(&disk->now, found->d_name, file);
    }
    closedir(directory);
    return true;
}

crash_disk *crash_disk_attach(
    const char *directory, const crash_disk *parent, size_t events_count) {
    char path[PATH_MAX];
    if (realpath(directory, path) == NULL) return NULL;
    crash_disk *disk = crash_allocate(NULL, sizeof *disk);
    *disk = (crash_disk){.directory = crash_copy_text(path)};
    pthread_mutex_init(&disk->mutex, NULL);
    if (parent != NULL) {
        inherit(disk, parent, events_count);
    } else if (!take_base(disk)) {
        crash_disk_free(disk);
        return NULL;
    }
    disk->is_attached = true;
    pthread_mutex_lock(&registry_mutex);
    disk->next = registry;
    registry = disk;
    atomic_fetch_add(&registry_count, 1);
    pthread_mutex_unlock(&registry_mutex);
    return disk;
}

/// Says of each event which sync made it durable.
static void find_syncs(crash_disk *disk) {
    size_t count = disk->events_count;
    size_t *next = crash_allocate(NULL, (size_t)(disk->files_count + 1) * sizeof *next);
    for (int32_t file = 0; file <= disk->files_count; file++) next[file] = count;
    for (size_t index = count; index-- > 0;) {
        crash_event *shown = &disk->events[index].shown;
        switch (shown->kind) {
        case CRASH_SYNC: next[shown->file] = index; break;
        case CRASH_DIRECTORY_SYNC: next[disk->files_count] = index; break;
        case CRASH_WRITE:
        case CRASH_TRUNCATE: shown->durable_at = next[shown->file]; break;
        case CRASH_CREATE:
        case CRASH_UNLINK:
        case CRASH_RENAME: shown->durable_at = next[disk->files_count]; break;
        }
    }
    free(next);
}

void crash_disk_detach(crash_disk *disk) {
    pthread_mutex_lock(&registry_mutex);
    crash_disk **link = &registry;
    while (*link != NULL && *link != disk) link = &(*link)->next;
    bool was_attached = *link == disk;
    if (was_attached) {
        *link = disk->next;
        atomic_fetch_sub(&registry_count, 1);
    }
    pthread_mutex_unlock(&registry_mutex);
    if (!was_attached) return;
    pthread_mutex_lock(&disk->mutex);
    record_own_files(disk);
    disk->is_attached = false;
    disk->failing = disk->lies = 0;
    find_syncs(disk);
    pthread_mutex_unlock(&disk->mutex);
}

void crash_disk_free(crash_disk *disk) {
    if (disk == NULL) return;
    crash_disk_detach(disk);
    for (size_t index = 0; index < disk->events_count; index++) {
        free(disk->events[index].bytes);
        free(disk->events[index].name);
        free(disk->events[index].old_name);
    }
    for (int32_t index = 0; index < disk->files_count; index++) {
        free(disk->files[index].first_name);
        free(disk->files[index].base);
        free(disk->files[index].seen);
    }
    crash_free_listing(&disk->base);
    crash_free_listing(&disk->now);
    free(disk->events);
    free(disk->files);
    free(disk->directory);
    pthread_mutex_destroy(&disk->mutex);
    free(disk);
}

size_t crash_disk_events_count(crash_disk *disk) {
    pthread_mutex_lock(&disk->mutex);
    if (disk->is_attached) record_own_files(disk);
    size_t count = disk->events_count;
    pthread_mutex_unlock(&disk->mutex);
    return count;
}

crash_event crash_disk_event(const crash_disk *disk, size_t index) {
    return disk->events[index].shown;
}

const char *crash_disk_file_name(const crash_disk *disk, int32_t file) {
    return file >= 0 ? disk->files[file].first_name : "";
}

void crash_disk_fail(
    crash_disk *disk, unsigned kinds, uint64_t nth, bool for_ever, bool is_full) {
    pthread_mutex_lock(&disk->mutex);
    disk->failing = kinds;
    disk->failing_nth = nth;
    disk->failing_for_ever = for_ever;
    disk->failing_full = is_full;
    disk->failing_count = disk->failures_count = 0;
    pthread_mutex_unlock(&disk->mutex);
}

uint64_t crash_disk_calls_count(crash_disk *disk, unsigned kind) {
    pthread_mutex_lock(&disk->mutex);
    uint64_t count = disk->calls_counts[__builtin_ctz(kind) & 7];
    pthread_mutex_unlock(&disk->mutex);
    return count;
}

uint64_t crash_disk_failures_count(crash_disk *disk) {
    pthread_mutex_lock(&disk->mutex);
    uint64_t count = disk->failures_count;
    pthread_mutex_unlock(&disk->mutex);
    return count;
}

void crash_disk_lie(crash_disk *disk, unsigned lies) {
    pthread_mutex_lock(&disk->mutex);
    disk->lies = lies;
    pthread_mutex_unlock(&disk->mutex);
}
