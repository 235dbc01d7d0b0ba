/// One record of a file, and what a reader has found in it.
public struct FeedItem: Sendable, Hashable {
    /// Where it stands.
    public let place: FeedPlace
    /// What is in it.
    public let finding: FeedFinding
    /// What was found strange and did not keep it from being understood.
    public let remarks: [FeedRemark]

    /// A record at its place.
    public init(_ place: FeedPlace, _ finding: FeedFinding, remarks: [FeedRemark] = []) {
        self.place = place
        self.finding = finding
        self.remarks = remarks
    }
}

/// Where a record stands in its file.
public struct FeedPlace: Sendable, Hashable, CustomStringConvertible {
    /// The line on which it begins, from 1.
    public let line: Int
    /// The element or column that is meant, by a name of the form's or the configuration's, never a value.
    public let element: String?

    /// A place.
    public init(line: Int, element: String? = nil) {
        self.line = line
        self.element = element
    }

    /// `line 7, PersonId`
    public var description: String { "line \(line)\(element.map { ", \($0)" } ?? "")" }

    /// The same record, with the element that is meant.
    func at(_ element: String) -> FeedPlace { FeedPlace(line: line, element: element) }
}

/// What a record comes to. Each record of a file comes to one of the first three.
public enum FeedFinding: Sendable, Hashable {
    /// It says of a person whether they are protected.
    case notice(RegisterNotice)
    /// It is of a kind that says nothing about it.
    case nothingSaid
    /// It should say something and cannot be understood.
    case rejected(FeedRejection)
    /// No record: the file itself is wrong from here on, and nothing that follows was read.
    case broken(FeedFault)
}
