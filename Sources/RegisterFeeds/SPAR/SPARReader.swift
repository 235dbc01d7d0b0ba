internal import CExpat

/// Reads SPAR's XML as a stream: change notices (`AviseringPost`) and look-up answers (`PersonsokningSvarspost`) of any
/// version of its namespaces.
///
/// Either of the two marks protects; the person is unprotected where both are there and say `NEJ`. Marks within
/// `Persondetaljer` are history and do not count, nor do numbers within `Relation`, which are somebody else's.
public struct SPARReader: FeedReader {
    private let parser: XMLPush

    /// A reader of one file.
    public init() {
        parser = XMLPush()
    }

    /// Reads a further chunk: the records that it completes.
    public mutating func read(_ chunk: [UInt8]) -> [FeedItem] {
        parser.read(chunk, isLast: false)
    }

    /// The end of the file: whether it ends too early, and whether it was SPAR's.
    public mutating func finish() -> [FeedItem] {
        parser.read([], isLast: true)
    }
}

/// Expat, and what it has told so far. A class: C calls back into it.
private final class XMLPush {
    /// A tag, a comment or an instruction longer than this is no register's; Expat would hold all of it.
    private static let longestToken = 1_048_576

    /// Nil only where there is no memory.
    private let expat: XML_Parser?
    private var document = SPARDocument()
    private var fed: Int64 = 0
    private var isBroken = false

    init() {
        expat = XML_ParserCreate(nil)
        guard let expat else { return }
        XML_SetElementHandler(
            expat,
            { context, name, _ in
                guard let context, let name else { return }
                let push = Unmanaged<XMLPush>.fromOpaque(context).takeUnretainedValue()
                push.document.begin(SPARElement(name), line: push.line)
            },
            { context, _ in
                guard let context else { return }
                Unmanaged<XMLPush>.fromOpaque(context).takeUnretainedValue().document.end()
            })
        XML_SetCharacterDataHandler(expat) { context, text, count in
            guard let context, let text else { return }
            let push = Unmanaged<XMLPush>.fromOpaque(context).takeUnretainedValue()
            push.document.text(UnsafeBufferPointer(start: text, count: Int(count)))
        }
        XML_SetStartDoctypeDeclHandler(expat) { context, _, _, _, _ in
            guard let context else { return }
            let push = Unmanaged<XMLPush>.fromOpaque(context).takeUnretainedValue()
            push.refuse(.documentType)
        }
        XML_SetUnknownEncodingHandler(
            expat, { _, name, encoding in XMLPush.fill(encoding, named: name) ? 1 : 0 }, nil)
    }

    deinit {
        if let expat { XML_ParserFree(expat) }
    }

    func read(_ chunk: [UInt8], isLast: Bool) -> [FeedItem] {
        guard !isBroken else { return [] }
        guard let expat else { return refused(.notWellFormed) }
        // Lent for the call: the parser does not outlive it, and nothing else may be lent in between.
        XML_SetUserData(expat, Unmanaged.passUnretained(self).toOpaque())
        let status = chunk.withUnsafeBytes { bytes in
            XML_Parse(
                expat, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: bytes.count),
                isLast ? 1 : 0)
        }
        fed += Int64(chunk.count)
        guard status == XML_STATUS_OK else {
            return refused(document.refusal ?? fault(XML_GetErrorCode(expat), isLast: isLast))
        }
        if fed - Int64(XML_GetCurrentByteIndex(expat)) > Self.longestToken { return refused(.notWellFormed) }
        let items = document.takeItems()
        if isLast, !document.isRecognized { return items + refused(.otherFormat) }
        return items
    }

    private var line: Int { expat.map { Int(XML_GetCurrentLineNumber($0)) } ?? 1 }

    private func refuse(_ fault: FeedFault) {
        document.refusal = fault
        if let expat { XML_StopParser(expat, 0) }
    }

    /// What was read, the record that is cut off, and that nothing follows.
    private func refused(_ fault: FeedFault) -> [FeedItem] {
        isBroken = true
        document.cut()
        return document.takeItems() + [FeedItem(FeedPlace(line: line), .broken(fault))]
    }

    private func fault(_ code: XML_Error, isLast: Bool) -> FeedFault {
        switch code {
        case XML_ERROR_UNKNOWN_ENCODING, XML_ERROR_INCORRECT_ENCODING, XML_ERROR_PARTIAL_CHAR: .wrongEncoding
        case XML_ERROR_NO_ELEMENTS: document.isBegun ? .truncated : .otherFormat
        case XML_ERROR_UNCLOSED_TOKEN, XML_ERROR_UNCLOSED_CDATA_SECTION: .truncated
        default: document.isBegun ? .notWellFormed : .otherFormat
        }
    }

    /// Expat itself reads UTF-8, UTF-16, ISO 8859-1 and ASCII.
    private static func fill(_ encoding: UnsafeMutablePointer<XML_Encoding>?, named name: UnsafePointer<CChar>?) -> Bool
    {
        guard let encoding, let name, String(cString: name).lowercased() == FeedEncoding.windows1252.rawValue else {
            return false
        }
        encoding.pointee.data = nil
        encoding.pointee.convert = nil
        encoding.pointee.release = nil
        withUnsafeMutableBytes(of: &encoding.pointee.map) { map in
            let map = map.bindMemory(to: Int32.self)
            for byte in map.indices {
                map[byte] = (0x80...0x9F).contains(byte) ? Int32(FeedEncoding.windows[byte - 0x80]) : Int32(byte)
            }
        }
        return true
    }
}
