internal import ProtectedIdentity

/// What the elements of a document come to, post by post.
struct SPARDocument {
    /// Whether anything in it is SPAR's.
    private(set) var isRecognized = false
    /// Whether there is an element at all.
    private(set) var isBegun = false
    /// Why reading was stopped from within.
    var refusal: FeedFault?

    private var items: [FeedItem] = []
    private var post: SPARPost?
    /// The elements that are open within the post.
    private var path: [SPARElement] = []
    /// How many relations are open: what stands in them is somebody else's.
    private var relations = 0
    /// The text of the element that is open, where it says something.
    private var text: [UInt8]?

    /// No value here comes near it; a longer one is none.
    private static let longestText = 64
    /// An error stands outside of a post and has no other record.
    private static let postLevel = 1

    mutating func begin(_ element: SPARElement, line: Int) {
        isBegun = true
        if element != .other { isRecognized = true }
        guard post != nil else {
            if element == .post {
                post = SPARPost(place: FeedPlace(line: line))
                path = []
            } else if element == .error {
                items.append(FeedItem(FeedPlace(line: line, element: "Undantag"), .rejected(.registerError)))
            }
            return
        }
        let parent = path.last
        path.append(element)
        if element == .relation { relations += 1 }
        text = relations == 0 && says(element, within: parent) ? [] : nil
    }

    mutating func end() {
        guard post != nil else { return }
        guard let element = path.popLast() else {
            if let post { items.append(post.item) }
            post = nil
            return
        }
        if element == .relation { relations -= 1 }
        if let text { post?.take(element, within: path.last, text) }
        text = nil
    }

    mutating func text(_ characters: UnsafeBufferPointer<CChar>) {
        guard let held = text?.count, held <= Self.longestText else { return }
        for character in characters.prefix(Self.longestText + 1 - held) { text?.append(UInt8(bitPattern: character)) }
    }

    /// The document ends within a post.
    mutating func cut() {
        if let post { items.append(FeedItem(post.place, .rejected(.cutShort))) }
        post = nil
    }

    mutating func takeItems() -> [FeedItem] {
        defer { items = [] }
        return items
    }

    private func says(_ element: SPARElement, within parent: SPARElement?) -> Bool {
        switch element {
        case .secrecy, .protectedRegistration, .date: path.count == Self.postLevel
        case .number: parent == .personID && path.count == Self.postLevel + 1 || parent == .reference
        case .reference: true
        default: false
        }
    }
}

/// What has been read of one person.
struct SPARPost {
    private enum Mark {
        case missing
        case no
        case yes
        /// A value that the form does not have: protected.
        case unknown

        /// `J` and `N` are how the versions of 2019 say it.
        mutating func take(_ text: String) {
            switch (text.uppercased(), self) {
            case ("JA", _), ("J", _): self = .yes
            case (_, .yes): break
            case ("NEJ", .missing), ("NEJ", .no), ("N", .missing), ("N", .no): self = .no
            default: self = .unknown
            }
        }
    }

    let place: FeedPlace
    private var number: String?
    private var references: [String] = []
    private var secrecy = Mark.missing
    private var protectedRegistration = Mark.missing
    private var said: FeedMoment?
    private var hasUnreadableDate = false

    init(place: FeedPlace) {
        self.place = place
    }

    mutating func take(_ element: SPARElement, within parent: SPARElement?, _ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self).trimmed
        switch element {
        case .secrecy: secrecy.take(text)
        case .protectedRegistration: protectedRegistration.take(text)
        case .number where parent == .personID: number = number ?? text
        case .number, .reference: if !text.isEmpty, references.count < Self.mostReferences { references.append(text) }
        case .date where !text.isEmpty:
            guard let date = FeedMoment(text) else {
                hasUnreadableDate = true
                return
            }
            said = max(said ?? date, date)
        default: break
        }
    }

    /// What it all comes to.
    var item: FeedItem {
        guard let number, !number.isEmpty else { return FeedItem(place.at("PersonId"), .rejected(.noPerson)) }
        let marks = [secrecy, protectedRegistration]
        let isProtected = marks.contains { $0 == .yes || $0 == .unknown }
        guard isProtected || !marks.contains(.missing) else {
            let element = secrecy == .missing ? "Sekretessmarkering" : "SkyddadFolkbokforing"
            return FeedItem(place.at(element), .rejected(.noStatus))
        }
        guard isProtected || !hasUnreadableDate else {
            return FeedItem(place.at("SenasteAndringSPAR"), .rejected(.unreadableDate))
        }
        var remarks: [FeedRemark] = []
        if marks.contains(.unknown) { remarks.append(.unknownStatus) }
        if hasUnreadableDate { remarks.append(.unreadableDate) }
        let notice = RegisterNotice(
            numbers: ([number] + references.filter { $0 != number }).map { Sensitive($0) },
            status: isProtected ? .protected : .notProtected, said: said,
            protection: isProtected ? Sensitive(protection) : nil)
        return FeedItem(place, .notice(notice), remarks: remarks)
    }

    /// Far more than a person has.
    private static let mostReferences = 16

    private var protection: String {
        protectedRegistration == .yes ? "skyddad-folkbokforing" : "sekretessmarkering"
    }
}

extension String {
    /// Without white space around.
    var trimmed: String {
        guard first?.isWhitespace == true || last?.isWhitespace == true else { return self }
        return String(reversed().drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace))
    }
}
