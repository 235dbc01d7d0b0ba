import Foundation
import Yams

/// The configuration file, flattened: a dotted name, its text, and the line it stands on. A key may be written nested
/// (`kafka:` and below it `groupId:`), dotted (`kafka.groupId:`), or partly so.
struct ConfigurationFile: Sendable {
    /// A value and where it stands.
    struct Entry: Sendable {
        /// The value as text; nil where nothing was written after the colon, which leaves the key unset.
        let text: String?
        /// Counted from 1; nil where the parser does not say.
        let line: Int?
    }

    /// The file's name as it was given.
    let path: String
    /// By dotted name.
    private(set) var entries: [String: Entry] = [:]
    /// What is wrong with the file's form.
    private(set) var problems: [ConfigurationProblem] = []

    /// Whether nothing could be taken from the file, so that nothing is known of what it sets.
    var isUnreadable: Bool { problems.contains { $0.key == "--config" } }

    /// Reads a file. A file that cannot be read or is no YAML is a problem like any other, so that others are found too.
    init(path: String) {
        self.path = path
        guard let data = FileHandle.contents(atPath: path) else {
            report("--config", nil, "the file does not exist or cannot be read", "Name a readable YAML file")
            return
        }
        guard let text = String(data: data, encoding: .utf8) else {
            report("--config", nil, "the file is not UTF-8", "Save it as UTF-8")
            return
        }
        read(text)
    }

    /// Reads YAML text as if it stood in a file of that name.
    init(path: String, text: String) {
        self.path = path
        read(text)
    }

    private mutating func read(_ text: String) {
        do {
            guard let root = try Yams.compose(yaml: text) else { return }
            if case .scalar(let scalar) = root, Self.isNull(scalar) { return }
            guard case .mapping(let mapping) = root else {
                report("--config", root.mark?.line, "the file is not a mapping of keys", "Write KEY: VALUE lines")
                return
            }
            flatten(mapping, prefix: "")
        } catch let error as YamlError {
            report(error)
        } catch {
            report("--config", nil, "the file is not YAML", "Write KEY: VALUE lines")
        }
    }

    private mutating func flatten(_ mapping: Node.Mapping, prefix: String) {
        for (keyNode, node) in mapping {
            guard case .scalar(let key) = keyNode else {
                report(
                    prefix.isEmpty ? "--config" : prefix, keyNode.mark?.line, "a key is not a word", "Write KEY: VALUE")
                continue
            }
            let name = prefix.isEmpty ? key.string : "\(prefix).\(key.string)"
            let line = keyNode.mark?.line
            switch node {
            case .scalar(let scalar):
                set(name, Self.isNull(scalar) ? nil : scalar.string, line)
            case .mapping(let inner):
                flatten(inner, prefix: name)
            case .sequence(let sequence):
                let texts = sequence.compactMap { if case .scalar(let scalar) = $0 { scalar.string } else { nil } }
                if texts.count == sequence.count, ConfigurationKey.named(name)?.isList == true {
                    set(name, texts.joined(separator: ","), line)
                } else {
                    report(name, line, "a list stands where one value is expected", "Write a single value")
                }
            case .alias:
                report(name, line, "an alias stands where a value is expected", "Write the value itself")
            }
        }
    }

    private mutating func set(_ name: String, _ text: String?, _ line: Int?) {
        if let first = entries[name] {
            let place = first.line.map { " on line \($0)" } ?? ""
            report(name, line, "the key is set already\(place)", "Remove one of the two")
        } else {
            entries[name] = Entry(text: text, line: line)
        }
    }

    /// `KEY:`, `KEY: ~` and `KEY: null`: nothing written. Quoted text is text.
    private static func isNull(_ scalar: Node.Scalar) -> Bool {
        scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private mutating func report(_ key: String, _ line: Int?, _ problem: String, _ advice: String) {
        problems.append(
            ConfigurationProblem(key: key, origin: .file(path: path, line: line), problem: problem, advice: advice))
    }

    /// Of the parser's errors only the place and the rule: their own description quotes the line, which may hold a key.
    private mutating func report(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            report("--config", mark.line, "the file is not YAML: \(problem)", "Correct this line or the one before it")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.sorted().joined(separator: ", ")
            report("--config", context.mark.line, "keys are set twice in one place: \(names)", "Remove one of the two")
        default:
            report("--config", nil, "the file is not YAML", "Save it as UTF-8 with KEY: VALUE lines")
        }
    }
}
