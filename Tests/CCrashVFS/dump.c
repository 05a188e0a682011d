#include "disk.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

// What a database says, reduced to one number for each table.

static uint64_t mix(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

static uint64_t mix_bytes(uint64_t hash, const void *bytes, int size) {
    const uint8_t *next = bytes;
    hash = mix(hash, (uint64_t)size);
    for (; size > 0; size -= 8, next += 8) {
        uint64_t word = 0;
        memcpy(&word, next, size < 8 ? (size_t)size : 8);
        hash = mix(hash, word);
    }
    return hash;
}

static uint64_t mix_value(uint64_t hash, sqlite3_stmt *row, int column) {
    int type = sqlite3_column_type(row, column);
    hash = mix(hash, (uint64_t)type);
    switch (type) {
    case SQLITE_INTEGER: return mix(hash, (uint64_t)sqlite3_column_int64(row, column));
    case SQLITE_NULL: return hash;
    default: {
        const void *bytes = sqlite3_column_blob(row, column);
        return mix_bytes(hash, bytes, sqlite3_column_bytes(row, column));
    }
    }
}

static bool is_skipped(const char *skipped, const char *table, const char *column) {
    if (skipped == NULL) return false;
    size_t length = strlen(table);
    return strncmp(skipped, table, length) == 0 && skipped[length] == '.'
        && strcmp(skipped + length + 1, column) == 0;
}

static int dump_query(
    sqlite3 *connection, const char *query, const char *skipped, crash_table *table) {
    sqlite3_stmt *row;
    int result = sqlite3_prepare_v2(connection, query, -1, &row, NULL);
    if (result != SQLITE_OK) return result;
    int count = sqlite3_column_count(row);
    while ((result = sqlite3_step(row)) == SQLITE_ROW) {
        table->rows_count++;
        for (int column = 0; column < count; column++) {
            if (is_skipped(skipped, table->name, sqlite3_column_name(row, column))) continue;
            table->hash = mix_value(table->hash, row, column);
        }
    }
    sqlite3_finalize(row);
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

/// Virtual tables have no root page; the tables that they keep their rows in do.
static const char *const tables_query =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name";

static int dump_tables(
    sqlite3 *connection, const char *skipped, crash_table *tables, int count_max) {
    sqlite3_stmt *names;
    int result = sqlite3_prepare_v2(connection, tables_query, -1, &names, NULL);
    if (result != SQLITE_OK) return -result;
    int count = 0;
    result = SQLITE_OK;
    while (result == SQLITE_OK && count < count_max && sqlite3_step(names) == SQLITE_ROW) {
        crash_table *table = &tables[count++];
        *table = (crash_table){0};
        const char *name = (const char *)sqlite3_column_text(names, 0);
        snprintf(table->name, sizeof table->name, "%s", name);
        char query[128];
        sqlite3_snprintf(sizeof query, query, "SELECT * FROM \"%w\"", table->name);
        result = dump_query(connection, query, skipped, table);
    }
    sqlite3_finalize(names);
    return result == SQLITE_OK ? count : -result;
}

int crash_dump(const char *path, const char *skipped, crash_table *tables, int count_max) {
    sqlite3 *connection;
    int result = sqlite3_open_v2(
        path, &connection, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, "unix");
    int count = -result;
    if (result == SQLITE_OK && count_max > 0) {
        sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
        tables[0] = (crash_table){.name = "schema"};
        result = dump_query(
            connection,
            "SELECT type, name, sql, (SELECT user_version FROM pragma_user_version) "
            "FROM sqlite_schema ORDER BY name, type",
            NULL, &tables[0]);
        count = result == SQLITE_OK
            ? dump_tables(connection, skipped, tables + 1, count_max - 1) : -result;
        if (count >= 0) count++;
    }
    sqlite3_close(connection);
    return count;
}
