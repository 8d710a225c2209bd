using System.ComponentModel;
using System.Diagnostics;

namespace Fairlead.Cli.Uploads;

/// <summary>Asks git which commit a model was trained from.</summary>
internal static class GitCheckout
{
    /// <summary>
    /// The commit that the folder's checkout stands on, with <c>-dirty</c> behind it while tracked files differ from
    /// it; null outside a checkout or without git.
    /// </summary>
    public static async Task<string?> CommitAsync(string folder, CancellationToken cancellation)
    {
        var commit = await AskAsync(folder, ["rev-parse", "--verify", "HEAD"], cancellation);
        if (commit is null)
            return null;
        var changes = await AskAsync(folder, ["status", "--porcelain", "--untracked-files=no"], cancellation);
        return string.IsNullOrEmpty(changes) ? commit : commit + "-dirty";
    }

    private static async Task<string?> AskAsync(string folder, string[] question, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("git", question)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var git = Process.Start(start)!;
            var unread = git.StandardError.ReadToEndAsync(cancellation);
            var answer = await git.StandardOutput.ReadToEndAsync(cancellation);
            await unread;
            await git.WaitForExitAsync(cancellation);
            return git.ExitCode == 0 ? answer.Trim() : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
