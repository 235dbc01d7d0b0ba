import Foundation
import ProtectedIdentity
import Testing

@testable import NotificationWorker

@Suite("Templates of notices")
struct TemplateTests {
    private func delivery(
        _ language: String, tenant: String = "nordic-sport", termsUrl: String = "https://example.com/terms",
        supportContact: String = "support@example.com", template: String = "deletion-notice"
    ) throws -> NoticePlan.Delivery {
        try Notices.delivery(
            language: language, tenant: tenant, termsUrl: termsUrl, supportContact: supportContact, template: template)
    }

    private func load(in folder: URL? = nil, _ tenants: [String?: String]) throws -> NoticeTemplates {
        try NoticeTemplates.load(folder: folder?.path, tenants: tenants).get()
    }

    private func problem(_ tenants: [String?: String], in folder: URL? = nil) -> NoticeTemplates.Problem? {
        if case .failure(let found) = NoticeTemplates.load(folder: folder?.path, tenants: tenants) {
            return found.problems.first
        }
        return nil
    }

    @Test(
        "are shipped in three languages, with terms, contact and the date as the language writes it",
        arguments: [("sv", "24 december 2026"), ("da", "24. december 2026"), ("en", "24 December 2026")])
    func shipped(language: String, date: String) throws {
        let notice = try #require(try load([String?.none: language]).render(try delivery(language)))
        for text in [notice.text, notice.html] {
            #expect(text.contains(date))
            #expect(text.contains("https://example.com/terms"))
            #expect(text.contains("support@example.com"))
            #expect(!text.contains("{{"))
        }
        #expect(notice.subject.contains(date))
        #expect(notice.html.contains("lang=\"\(language)\""))
    }

    @Test("never say why", arguments: ["sv", "da", "en"])
    func neverWhy(language: String) throws {
        let notice = try #require(try load([String?.none: language]).render(try delivery(language)))
        let telling = [
            "skydd", "sekretess", "beskytt", "hemlig", "hemmelig", "protect", "secre", "confiden", "register",
            "registr",
            "folkbok", "SPAR", "CPR", "identit", "adress", "address", "police", "polis", "politi",
        ]
        for text in [notice.subject, notice.text, notice.html] {
            for word in telling {
                #expect(text.range(of: word, options: String.CompareOptions.caseInsensitive) == nil, "\(word)")
            }
        }
    }

    @Test("a region or a script of a language is that language; another language needs the operator's own")
    func languages() throws {
        #expect(try load(["a": "sv-FI"]).render(try delivery("sv-FI", tenant: "a"))?.text.contains("kundkonto") == true)
        let problem = try #require(self.problem(["a": "fi"]))
        #expect(problem.tenant == "a")
        #expect(problem.problem == "there is no notice in the language fi")
        #expect(problem.advice.contains("a/deletion-notice.fi.txt"))
    }

    @Test("HTML is escaped, plain text is not, and no value begins another line of the subject")
    func escaped() throws {
        let folder = try TemplateFolder()
        try folder.write(
            "a", "en", subject: "About\n{{supportContact}}", text: "{{supportContact}}",
            html: "<p>{{supportContact}}</p>")
        let notice = try #require(
            try load(in: folder.url, ["a": "en"]).render(
                try delivery("en", tenant: "a", supportContact: "<b>\"x\" & y\r\nBcc: z@example.com")))
        #expect(notice.text == "<b>\"x\" & y Bcc: z@example.com")
        #expect(notice.html == "<p>&lt;b&gt;&quot;x&quot; &amp; y Bcc: z@example.com</p>")
        #expect(notice.subject == "About <b>\"x\" & y Bcc: z@example.com")
    }

    @Test("an operator's own win, a tenant's before those of all tenants")
    func own() throws {
        let folder = try TemplateFolder()
        try folder.write("a", "sv", subject: "A", text: "of a", html: "<p>a</p>")
        try folder.write("default", "sv", subject: "D", text: "of all", html: "<p>d</p>")
        let templates = try load(in: folder.url, ["a": "sv", "b": "sv", nil: "en"])
        #expect(templates.render(try delivery("sv", tenant: "a"))?.text == "of a")
        #expect(templates.render(try delivery("sv", tenant: "b"))?.text == "of all")
        #expect(templates.render(try delivery("en", tenant: "c"))?.text.contains("Hello") == true)
    }

    @Test("a missing file, one that is empty or no UTF-8 is a problem that names it")
    func files() throws {
        let folder = try TemplateFolder()
        try folder.write("a", "sv", subject: "A", text: "a", html: nil)
        let missing = try #require(self.problem(["a": "sv"], in: folder.url))
        #expect(missing.problem == "\(folder.url.path)/a/deletion-notice.sv.html cannot be read")
        try folder.write("a", "sv", subject: " \n", text: "a", html: "a")
        #expect(
            problem(["a": "sv"], in: folder.url)?.problem.hasSuffix("a/deletion-notice.sv.subject is empty") == true)
        try folder.write("a", "sv", subject: "A", text: "a", html: "a")
        try Data([0xFF, 0xFE]).write(to: folder.url.appending(path: "a/deletion-notice.sv.txt"))
        #expect(
            problem(["a": "sv"], in: folder.url)?.problem.hasSuffix("a/deletion-notice.sv.txt is not UTF-8") == true)
    }

    @Test(
        "a tag that notices do not have is a problem that names it, wherever it stands",
        arguments: [
            ("{{name}}", "{{name}}"), ("{{#tenant}}{{firstName}}{{/tenant}}", "{{firstName}}"),
            ("{{^why}}x{{/why}}", "{{^why}}"),
            ("{{{termsUrl}}}", "{{{termsUrl}}"), ("{{&termsUrl}}", "{{&termsUrl}}"), ("{{> other}}", "{{> other}}"),
            ("{{<other}}{{/other}}", "{{<other}}"), ("{{=<% %>=}}<% name %>", "{{=<% %>=}}"),
            ("{{% CONTENT_TYPE:TEXT}}{{termsUrl}}", "{{% CONTENT_TYPE:TEXT}}"), ("{{tenant.name}}", "{{tenant.name}}"),
            ("{{}}", "{{}}"),
        ])
    func unknown(text: String, tag: String) throws {
        let folder = try TemplateFolder()
        try folder.write("a", "sv", subject: "A", text: "a", html: text)
        let problem = try #require(self.problem(["a": "sv"], in: folder.url))
        #expect(problem.problem.contains("deletion-notice.sv.html"))
        let isNamed = problem.problem.contains(tag) || problem.problem.contains(tag.replacing("^", with: ""))
        #expect(isNamed, "\(problem.problem)")
    }

    @Test("a tag that does not end is a problem", arguments: ["{{#tenant}}x", "{{tenant", "x{{/tenant}}"])
    func broken(text: String) throws {
        let folder = try TemplateFolder()
        try folder.write("a", "sv", subject: "A", text: text, html: "a")
        #expect(
            problem(["a": "sv"], in: folder.url)?.problem.hasSuffix("deletion-notice.sv.txt is no Mustache template")
                == true)
    }

    @Test("sections of what a notice has, and comments, are allowed")
    func sections() throws {
        let folder = try TemplateFolder()
        try folder.write(
            "a", "sv", subject: "A", text: "{{! why }}{{#termsUrl}}{{termsUrl}}{{/termsUrl}}{{^tenant}}x{{/tenant}}",
            html: "a")
        #expect(
            try load(in: folder.url, ["a": "sv"]).render(try delivery("sv", tenant: "a"))?.text
                == "https://example.com/terms")
    }

    @Test("a template that nobody has renders nothing")
    func otherTemplate() throws {
        #expect(try load([String?.none: "sv"]).render(try delivery("sv", template: "birthday")) == nil)
    }
}

/// A folder of templates, gone with its test.
final class TemplateFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "templates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func write(_ tenant: String, _ language: String, subject: String?, text: String?, html: String?) throws {
        let folder = url.appending(path: tenant)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (suffix, content) in [("subject", subject), ("txt", text), ("html", html)] {
            let file = folder.appending(path: "deletion-notice.\(language).\(suffix)")
            if let content {
                try Data(content.utf8).write(to: file)
            } else {
                try? FileManager.default.removeItem(at: file)
            }
        }
    }
}
