extension String {
    /// The text that `bytes` are in UTF-8; nil where they are none.
    ///
    /// Nearly every text is ASCII, which needs no validation and is several times as fast.
    init?(validUTF8 bytes: ArraySlice<UInt8>) {
        if bytes.allSatisfy({ $0 < 0x80 }) {
            self.init(decoding: bytes, as: UTF8.self)
        } else {
            self.init(validating: bytes, as: UTF8.self)
        }
    }
}
