#pragma once
#include <sqlite3.h>

/// Closing a connection leaves the log as it is; variadic in C and so not callable from Swift.
static inline int loopdesk_sqlite_keep_log_on_close(sqlite3 *connection) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

/// Binds a copy of `byte_count` bytes of UTF-8; SQLITE_TRANSIENT has no Swift form.
static inline int loopdesk_sqlite_bind_text(
    sqlite3_stmt *statement, int index, const char *text, int byte_count) {
    return sqlite3_bind_text(statement, index, text, byte_count, SQLITE_TRANSIENT);
}

/// Binds a copy of `byte_count` bytes; an empty blob, never null, when there are none.
static inline int loopdesk_sqlite_bind_blob(
    sqlite3_stmt *statement, int index, const void *bytes, int byte_count) {
    if (byte_count == 0) return sqlite3_bind_zeroblob(statement, index, 0);
    return sqlite3_bind_blob(statement, index, bytes, byte_count, SQLITE_TRANSIENT);
}
