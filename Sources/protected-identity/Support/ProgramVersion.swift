import CBuildInformation

/// What this program is.
enum ProgramVersion {
    /// By semver.org.
    static let number = "0.1.0"
    /// The commit that it was built from, with a `+` where the tree had changes of its own; nil where nobody knows.
    static let commit: String? = {
        let text = String(cString: cbuildinformation_commit)
        return text.isEmpty ? nil : text
    }()

    /// Both, for `--version`.
    static let text = commit.map { "\(number) (\($0))" } ?? number
}
