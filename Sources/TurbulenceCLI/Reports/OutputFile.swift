import Glibc

/// The one way in which files that a person names are written.
///
/// A regular file is replaced whole, by a rename: whoever reads it sees the old text or the new one.
/// A symbolic link stays one and its target is written. What is no regular file (a FIFO, a device, a
/// descriptor such as `/dev/stdout`) is written through and stays what it is.
package enum OutputFile {
  /// Writes all bytes, or throws and says why not.
  package static func write(_ bytes: [UInt8], to path: String) throws(ReportError) {
    // A FIFO whose reader goes away is told as an error here; the signal would end the process.
    let old = signal(SIGPIPE, SIG_IGN)
    defer { signal(SIGPIPE, old) }
    let target = try target(of: path)
    if let descriptor = ownDescriptor(target) {
      try put(bytes, descriptor, path)
      return
    }
    var status = stat()
    guard stat(target, &status) == 0 else {
      guard errno == ENOENT else { throw failure(path) }
      try replace(target, bytes, mode: nil, path)
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: try replace(target, bytes, mode: status.st_mode & 0o7777, path)
    case S_IFDIR: throw ReportError(path: path, reason: "a folder is in its place")
    default: try fill(target, bytes, O_WRONLY, path)
    }
  }

  /// Writes all bytes into a file that nobody reads yet, which is created.
  package static func create(_ path: String, _ bytes: [UInt8]) throws(ReportError) {
    try fill(path, bytes, O_WRONLY | O_CREAT | O_TRUNC, path)
  }

  /// Follows symbolic links to what they stand for, which need not exist.
  package static func target(of path: String) throws(ReportError) -> String {
    var current = path
    // As many links as Linux follows: path_resolution(7).
    for _ in 0..<40 {
      // The links there name no files: `/proc/self/fd/1` leads to `pipe:[4711]`.
      if ownDescriptor(current) != nil { return current }
      var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
      let length = readlink(current, &buffer, Int(PATH_MAX))
      guard length >= 0 else { return current }
      let link = String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
      current = link.hasPrefix("/") ? link : folder(of: current) + link
    }
    errno = ELOOP
    throw failure(path)
  }

  /// The descriptor of this process that a path stands for, if it does. Opening the path instead
  /// would begin at the start of a file that standard output is being appended to.
  private static func ownDescriptor(_ path: String) -> Int32? {
    for folder in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(folder) {
      if let number = Int32(path.dropFirst(folder.count)) { return number }
    }
    return nil
  }

  /// What stands before the last component, with its slash.
  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  private static func replace(
    _ target: String, _ bytes: [UInt8], mode: mode_t?, _ path: String
  ) throws(ReportError) {
    let partial = "\(folder(of: target)).turbulence-\(getpid()).partial"
    do throws(ReportError) {
      try fill(partial, bytes, O_WRONLY | O_CREAT | O_TRUNC, path)
      if let mode { chmod(partial, mode) }
      guard rename(partial, target) == 0 else { throw failure(path) }
    } catch {
      let reason = errno
      unlink(partial)
      // The file may be ours to write where its folder is not, or be mounted by itself.
      guard mode != nil, [EACCES, EPERM, EROFS, EBUSY].contains(reason) else { throw error }
      try fill(target, bytes, O_WRONLY | O_TRUNC, path)
    }
  }

  private static func fill(
    _ target: String, _ bytes: [UInt8], _ flags: Int32, _ path: String
  ) throws(ReportError) {
    var descriptor: Int32
    repeat {
      descriptor = open(target, flags | O_CLOEXEC, 0o666)
    } while descriptor < 0
      && errno == EINTR
    guard descriptor >= 0 else { throw failure(path) }
    do throws(ReportError) { try put(bytes, descriptor, path) } catch {
      let reason = errno
      close(descriptor)
      errno = reason
      throw error
    }
    // Network file systems tell of a full disk no sooner than here.
    guard close(descriptor) == 0 else { throw failure(path) }
  }

  private static func put(
    _ bytes: [UInt8], _ descriptor: Int32, _ path: String
  ) throws(ReportError) {
    let error = writeAll(bytes, to: descriptor)
    guard error == 0 else {
      errno = error
      throw failure(path)
    }
  }

  /// Writes all bytes to a descriptor, whatever it is; returns 0 or the error's number.
  static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      if written < 0, errno == EAGAIN {
        // Someone who shares the descriptor made it non-blocking.
        var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&wait, 1, -1)
        continue
      }
      // Nothing written and no error does not happen to files; it must not loop for ever.
      guard written > 0 else { return written < 0 ? errno : EIO }
      rest = rest.dropFirst(written)
    }
    return 0
  }

  private static func failure(_ path: String) -> ReportError {
    ReportError(path: path, reason: String(cString: strerror(errno)))
  }
}
