extension StoreDatabase {
    /// Puts the closed database `prepared` in the place of the closed one at `path`, which lives on
    /// under the name `aside`, with its log if that could not be copied into it.
    ///
    /// Whatever happens on the way, the database at `path` is the old or the new one:
    /// 1. The old file, its log and their index get second names. Nothing has changed at `path`.
    /// 2. Log and index lose their first names. Who closed the old database has copied its log into
    ///    it, so that it is whole without; of a damaged one the log is kept under the second name.
    /// 3. That is made durable before one step gives the new file the name: a log of the old one
    ///    beside the new one would be taken for its own.
    ///
    /// Where there was no database at `path` there is none until the last step.
    ///
    /// - Throws: `FileFailure`; the database at `path` is the old one then.
    package static func replace(
        _ path: String, with prepared: String, keepingAs aside: String
    ) throws(FileFailure) {
        for (file, kept) in zip(files(of: path), files(of: aside))
        where DurableFile.byteCount(file) != nil {
            try DurableFile.keep(file, as: kept)
        }
        try PrivateFile.synchronizeDirectory(of: path)
        for file in files(of: path).dropFirst() { try DurableFile.remove(file) }
        try PrivateFile.synchronize(prepared)
        try PrivateFile.synchronizeDirectory(of: path)
        try DurableFile.replace(path, with: prepared)
    }
}
