extension String {
    /// The text that `bytes` are in UTF-8; nil where they are none.
    ///
    /// Nearly every text is ASCII, which needs no validation and is several times as fast.
    init?(validUTF8 bytes: ArraySlice<UInt8>) {
        guard let text = bytes.withUnsafeBufferPointer({ String(validUTF8: $0) }) else { return nil }
        self = text
    }

    /// As ``init(validUTF8:)``, of bytes that somebody lends.
    init?(validUTF8 bytes: UnsafeBufferPointer<UInt8>) {
        // Joined by "or", many of them are looked at in one step.
        if bytes.reduce(0, |) < 0x80 {
            self.init(decoding: bytes, as: UTF8.self)
        } else {
            self.init(validating: bytes, as: UTF8.self)
        }
    }
}
