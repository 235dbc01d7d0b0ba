import Foundation
import Workload

/// Does one piece of work so many times, for a tool that counts instructions; without arguments lists what there is.
@main
enum Instructions {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard let name = arguments.first, let work = Workload.all.first(where: { $0.name == name }) else {
            for work in Workload.all { print(work.name) }
            exit(arguments.isEmpty ? EXIT_SUCCESS : EX_USAGE)
        }
        let run = work.prepare()
        for _ in 0..<(arguments.dropFirst().first.flatMap { Int($0) } ?? 1) { run() }
    }
}
