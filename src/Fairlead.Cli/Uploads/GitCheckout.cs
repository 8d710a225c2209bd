using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Lineage;

namespace Fairlead.Cli.Uploads;

/// <summary>Asks git what a model was trained from.</summary>
internal static class GitCheckout
{
    /// <summary>
    /// The commit that the folder's checkout stands on, where the checkout came from, and how its tracked files differ
    /// from the commit; null outside a checkout or without git.
    /// </summary>
    public static async Task<CodeLineage?> ReadAsync(string folder, CancellationToken cancellation)
    {
        var commit = await AskAsync(folder, ["rev-parse", "--verify", "HEAD"], cancellation);
        if (commit is null)
            return null;
        var branch = await AskAsync(folder, ["rev-parse", "--abbrev-ref", "HEAD"], cancellation);
        var remote = await AskAsync(folder, ["config", "--get", "remote.origin.url"], cancellation);
        var changes = await AskAsync(folder, ["status", "--porcelain", "--untracked-files=no"], cancellation);
        var code = new CodeLineage
        {
            Repository = CodeSource.WithoutCredentials(remote),
            Commit = commit,
            Branch = branch is "HEAD" or "" ? null : branch,
            Dirty = !string.IsNullOrEmpty(changes),
        };
        return code.Dirty ? await WithDiffAsync(code, folder, cancellation) : code;
    }

    /// <summary>Adds the difference: its beginning, and the length and digest of all of it.</summary>
    private static async Task<CodeLineage> WithDiffAsync(
        CodeLineage code, string folder, CancellationToken cancellation)
    {
        using var git = Start(folder, ["diff", "HEAD", "--no-ext-diff", "--no-textconv", "--no-color"]);
        if (git is null)
            return code;
        var unread = git.StandardError.ReadToEndAsync(cancellation);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var kept = new MemoryStream();
        var (buffer, length) = (new byte[64 * 1024], 0L);
        while (await git.StandardOutput.BaseStream.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            digest.AppendData(buffer, 0, read);
            kept.Write(buffer, 0, (int)Math.Min(read, CodeSource.MaxDiffBytes - kept.Length));
            length += read;
        }

        await unread;
        await git.WaitForExitAsync(cancellation);
        return git.ExitCode != 0 || length == 0
            ? code
            : code with
            {
                Diff = Text(kept.ToArray(), isWhole: length == kept.Length),
                DiffBytes = length,
                DiffDigest = Convert.ToHexStringLower(digest.GetHashAndReset()),
            };
    }

    /// <summary>The bytes as text; where they were cut, without the character that the cut went through.</summary>
    private static string Text(byte[] bytes, bool isWhole)
    {
        var text = Encoding.UTF8.GetString(bytes).Replace("\0", "\uFFFD", StringComparison.Ordinal);
        if (isWhole)
            return text;
        text = text.TrimEnd('\uFFFD');
        while (Encoding.UTF8.GetByteCount(text) > CodeSource.MaxDiffBytes)
            text = text[..^1];
        return text;
    }

    private static async Task<string?> AskAsync(string folder, string[] question, CancellationToken cancellation)
    {
        using var git = Start(folder, question);
        if (git is null)
            return null;
        var unread = git.StandardError.ReadToEndAsync(cancellation);
        var answer = await git.StandardOutput.ReadToEndAsync(cancellation);
        await unread;
        await git.WaitForExitAsync(cancellation);
        return git.ExitCode == 0 ? answer.Trim() : null;
    }

    private static Process? Start(string folder, string[] question)
    {
        var start = new ProcessStartInfo("git", question)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
