#define _GNU_SOURCE
#include "disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// What a crash leaves of a recorded directory.

/// A file as it stands while an image is made.
typedef struct content {
    char *name;
    uint8_t *bytes;
    int64_t size;
    int64_t capacity;
} content;

struct crash_image {
    content *files;  // by name
    size_t count;
};

static void resize(content *file, int64_t size) {
    if (size > file->capacity) {
        file->capacity = size > 2 * file->capacity ? size : 2 * file->capacity;
        file->bytes = crash_allocate(file->bytes, (size_t)file->capacity);
    }
    if (size > file->size) memset(file->bytes + file->size, 0, (size_t)(size - file->size));
    file->size = size;
}

static void apply_write(content *file, const event *write, int64_t from, int64_t to) {
    if (from < 0) from = 0;
    if (to > write->shown.size) to = write->shown.size;
    if (from >= to) return;
    int64_t end = write->shown.offset + to;
    if (end > file->size) resize(file, end);
    memcpy(file->bytes + write->shown.offset + from, write->bytes + from, (size_t)(to - from));
}

/// Lets one event happen, of a write the part between `from` and `to`.
static void apply(listing *names, content *files, const event *what, int64_t from, int64_t to) {
    int32_t file = what->shown.file;
    switch (what->shown.kind) {
    case CRASH_WRITE: apply_write(&files[file], what, from, to); break;
    case CRASH_TRUNCATE: resize(&files[file], what->shown.size); break;
    case CRASH_CREATE: crash_set_name(names, what->name, file); break;
    case CRASH_UNLINK: {
        int32_t *known = crash_lookup(names, what->name);
        if (known != NULL && *known == file) crash_remove_name(names, what->name);
        break;
    }
    case CRASH_RENAME: {
        int32_t *known = crash_lookup(names, what->old_name);
        if (known != NULL && *known == file) crash_remove_name(names, what->old_name);
        crash_set_name(names, what->name, file);
        break;
    }
    case CRASH_SYNC:
    case CRASH_DIRECTORY_SYNC: break;
    }
}

static int by_name(const void *left, const void *right) {
    return strcmp(((const content *)left)->name, ((const content *)right)->name);
}

crash_image *crash_image_make(
    const crash_disk *disk, size_t events_count, const crash_piece *pieces,
    size_t pieces_count) {
    content *files = crash_allocate(NULL, (size_t)disk->files_count * sizeof *files);
    for (int32_t file = 0; file < disk->files_count; file++) {
        const file_state *state = &disk->files[file];
        files[file] = (content){0};
        if (state->base_size > 0) {
            resize(&files[file], state->base_size);
            memcpy(files[file].bytes, state->base, (size_t)state->base_size);
        }
    }
    listing names = {0};
    for (size_t index = 0; index < disk->base.count; index++)
        crash_set_name(&names, disk->base.entries[index].name, disk->base.entries[index].file);
    size_t next = 0;
    for (size_t index = 0; index < events_count; index++) {
        const event *what = &disk->events[index];
        if (what->shown.durable_at < events_count) apply(&names, files, what, 0, INT64_MAX);
        for (; next < pieces_count && pieces[next].event == index; next++) {
            if (what->shown.durable_at < events_count) continue;
            apply(&names, files, what, pieces[next].from, pieces[next].to);
        }
    }
    crash_image *image = crash_allocate(NULL, sizeof *image);
    image->files = crash_allocate(NULL, names.count * sizeof *image->files);
    image->count = names.count;
    for (size_t index = 0; index < names.count; index++) {
        image->files[index] = files[names.entries[index].file];
        image->files[index].name = crash_copy_text(names.entries[index].name);
        // A file has one name: what remains in `files` is what nobody sees.
        files[names.entries[index].file].bytes = NULL;
    }
    qsort(image->files, image->count, sizeof *image->files, by_name);
    for (int32_t file = 0; file < disk->files_count; file++) free(files[file].bytes);
    free(files);
    crash_free_listing(&names);
    return image;
}

crash_image *crash_image_read(const char *path) {
    DIR *directory = opendir(path);
    if (directory == NULL) return NULL;
    crash_image *image = crash_allocate(NULL, sizeof *image);
    *image = (crash_image){0};
    for (struct dirent *found; (found = readdir(directory)) != NULL;) {
        if (found->d_type != DT_REG || crash_is_volatile(found->d_name)) continue;
        content file = {.name = crash_copy_text(found->d_name)};
        file.bytes = crash_read_file(path, found->d_name, &file.size);
        if (file.bytes == NULL) file.size = 0;
        image->files = crash_allocate(image->files, (image->count + 1) * sizeof file);
        image->files[image->count++] = file;
    }
    closedir(directory);
    qsort(image->files, image->count, sizeof *image->files, by_name);
    return image;
}

void crash_image_free(crash_image *image) {
    if (image == NULL) return;
    for (size_t index = 0; index < image->count; index++) {
        free(image->files[index].name);
        free(image->files[index].bytes);
    }
    free(image->files);
    free(image);
}

/// Eight bytes wherever they lie: this target is built without optimisation, where a call of
/// `memcpy` for each would be half of the work.
typedef uint64_t __attribute__((may_alias, aligned(1))) any_word;

/// Mixes bytes into two lanes of 64 bits (after splitmix).
static void mix(uint64_t hash[2], const uint8_t *bytes, int64_t size) {
    uint64_t first = hash[0] ^ (uint64_t)size, second = hash[1] + (uint64_t)size;
    const any_word *words = (const any_word *)bytes, *end = words + size / 8;
    while (words < end) {
        uint64_t word = *words++;
        first = (first ^ word) * 0x9E3779B97F4A7C15u;
        first ^= first >> 32;
        second = (second << 23 | second >> 41) * 0xD6E8FEB86659FD93u + word;
    }
    uint64_t rest = 0;
    if (size % 8 > 0) memcpy(&rest, end, (size_t)(size % 8));
    hash[0] = (first ^ rest) * 0xBF58476D1CE4E5B9u;
    hash[0] ^= hash[0] >> 31;
    hash[1] = (second ^ second >> 29) * 0x94D049BB133111EBu + rest;
}

void crash_image_hash(const crash_image *image, uint64_t hash[2]) {
    hash[0] = hash[1] = image->count;
    for (size_t index = 0; index < image->count; index++) {
        const content *file = &image->files[index];
        mix(hash, (const uint8_t *)file->name, (int64_t)strlen(file->name));
        mix(hash, file->bytes, file->size);
    }
}

size_t crash_image_files_count(const crash_image *image) { return image->count; }

const char *crash_image_name(const crash_image *image, size_t index) {
    return image->files[index].name;
}

const uint8_t *crash_image_bytes(const crash_image *image, size_t index, size_t *size) {
    *size = (size_t)image->files[index].size;
    return image->files[index].bytes;
}

static int write_file(const content *file, const char *directory) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", directory, file->name);
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) return errno;
    int error = 0;
    for (int64_t offset = 0; offset < file->size && error == 0;) {
        ssize_t step = write(descriptor, file->bytes + offset, (size_t)(file->size - offset));
        if (step > 0) offset += step;
        if (step < 0 && errno != EINTR) error = errno;
    }
    close(descriptor);
    return error;
}

int crash_image_write(const crash_image *image, const char *directory) {
    for (size_t index = 0; index < image->count; index++) {
        int error = write_file(&image->files[index], directory);
        if (error != 0) return error;
    }
    return 0;
}
