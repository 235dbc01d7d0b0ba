import Foundation

/// Progress on standard error: a bar that redraws itself on a terminal, a plain line now and then elsewhere.
struct ProgressLine {
    private let title: String
    private let total: Int
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let begin = ContinuousClock.now
    private var lastShown: ContinuousClock.Instant?

    init(_ title: String, total: Int) {
        self.title = title
        self.total = max(1, total)
    }

    /// Shows how far things are, unless that was shown just now.
    mutating func show(_ done: Int, note: String = "") {
        let interval: Duration = isTerminal ? .milliseconds(100) : .seconds(5)
        let now = ContinuousClock.now
        if let lastShown, now - lastShown < interval, done < total { return }
        lastShown = now
        let seconds = (now - begin) / .seconds(1)
        let rate = seconds > 0 ? Int(Double(done) / seconds) : 0
        let text = "\(title) \(done) of \(total), \(rate) a second\(note.isEmpty ? "" : ", \(note)")"
        guard isTerminal else { return write(text + "\n") }
        let filled = min(20, done * 20 / total)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
        write("\r\u{1B}[K\(bar) \(text)")
    }

    /// Leaves the bar where it is and goes on below.
    func finish() {
        if isTerminal, lastShown != nil { write("\n") }
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
