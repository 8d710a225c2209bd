using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;
using Fairlead.Core.Audit;

namespace Fairlead.Cli.Verbs.Audit;

/// <summary>Finds what of the audit log, or of an export of it, is not as it was sealed.</summary>
internal static class AuditVerify
{
    public static Command Create(Terminal terminal)
    {
        var head = Options.Of<string?>("--head", "n:hash",
            "A head that was noted elsewhere, or a file that holds one: the log must still contain it");
        var file = Options.Of<string?>("--file", "path", "Verify this export, without a server");
        return new Command("verify", "Find what of the audit log was edited, taken out, put in or moved; 1 if anything")
        {
            head, file,
        }.Runs(terminal, async (call, cancellation) =>
        {
            var expected = Read(call.Value(head));
            var found = call.Value(file) is { } path
                ? await OfFileAsync(path, expected, cancellation)
                : await call.Client.VerifyAuditAsync(
                    expected?.Sequence, expected is { } known ? Hex(known.Hash) : null, cancellation);
            call.Write(found, to => Show(found, to));
            return found.Intact ? ExitCodes.Ok : ExitCodes.Refused;
        });
    }

    private static void Show(AuditVerificationInfo found, Terminal to)
    {
        to.Out.WriteLine(found.Intact
            ? $"The audit log is as it was sealed: {found.Links} links, the last is {found.Head.Sequence}."
            : $"The audit log was changed: {found.FaultCount} faults in {found.Links} links.");
        if (found.Faults.Count == 0)
            return;
        var list = new Listing("what", "link", "entry", "which means");
        foreach (var fault in found.Faults)
        {
            list.Add(fault.Kind, fault.Sequence == 0 ? null : fault.Sequence, fault.Entry == 0 ? null : fault.Entry,
                fault.Message);
        }

        list.Write(to);
    }

    private static async Task<AuditVerificationInfo> OfFileAsync(
        string path, (long Sequence, ReadOnlyMemory<byte> Hash)? expected, CancellationToken cancellation)
    {
        if (!File.Exists(path))
            throw CliException.Usage($"there is no file {path}.");
        AuditVerification? walk = null;
        using var lines = new StreamReader(path);
        for (var number = 1; await lines.ReadLineAsync(cancellation) is { } line; number++)
        {
            if (line.Length == 0)
                continue;
            if (AuditLine.Read(line) is not { } read)
                throw CliException.Usage($"line {number} of {path} is no entry of an export.");

            // What an export that begins later stands on is not in it: its first link is believed.
            if (walk is null && read.Link.Sequence > 1)
            {
                walk = new AuditVerification(read.Link.Sequence, read.Link.Hash, expected);
                continue;
            }

            walk ??= new AuditVerification(0, default, expected);
            walk.Next(read.Link, read.Entry);
        }

        if (walk is null)
            throw CliException.Usage($"{path} holds no entry.");
        walk.End(null);
        return new AuditVerificationInfo
        {
            Intact = walk.FaultCount == 0,
            Links = walk.Links,
            Head = new AuditHeadInfo { Sequence = walk.Head.Sequence, Hash = Hex(walk.Head.Hash) },
            FaultCount = walk.FaultCount,
            Faults = [.. walk.Faults.Select(each =>
                new AuditFaultInfo(each.Kind, each.Sequence, each.Entry, each.Message))],
        };
    }

    private static (long Sequence, ReadOnlyMemory<byte> Hash)? Read(string? head)
    {
        if (head is null)
            return null;
        var text = (File.Exists(head) ? File.ReadAllText(head) : head).Trim();
        return text.Split(':') is [var number, { Length: 2 * AuditChain.HashBytes } hash]
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            && hash.All(char.IsAsciiHexDigit)
            ? (sequence, Convert.FromHexString(hash))
            : throw CliException.Usage($"'{head}' is no head.", "Write what 'fairlead audit head' showed: N:HASH.");
    }

    private static string Hex(ReadOnlyMemory<byte> hash) => Convert.ToHexStringLower(hash.Span);
}
