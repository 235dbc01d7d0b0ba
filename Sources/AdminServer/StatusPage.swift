/// The page for people, a file of its own: `status.html` beside this one.
enum StatusPage {
    /// Read once: it lies in the program.
    static let html = String(decoding: PackageResources.status_html, as: UTF8.self)

    /// Nothing is fetched but from where the page came, and nothing may embed it.
    static let contentSecurityPolicy = """
        default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """
}
