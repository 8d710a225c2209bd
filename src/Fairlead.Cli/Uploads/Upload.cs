using Fairlead.Cli.Shell;
using Fairlead.Client;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Uploads;

/// <summary>
/// Brings files into the server's store: each is read for its digest and sent only when it is new there, a large one by
/// parts, of which those are sent that are new.
/// </summary>
internal static class Upload
{
    /// <summary>What an upload brought: the version's files, and the bytes that had to be sent.</summary>
    public sealed record Outcome(IReadOnlyList<VersionFile> Files, long SentBytes);

    public static async Task<Outcome> SendAsync(
        FairleadClient client, IReadOnlyList<LocalFile> files, Terminal terminal, CancellationToken cancellation)
    {
        var total = files.Sum(file => file.Size);
        var named = new List<VersionFile>();
        await TransferProgress.ShowAsync(terminal, "Reading", total, async report =>
        {
            foreach (var file in files)
            {
                var digest = await LocalFiles.DigestAsync(file, report, cancellation);
                named.Add(new VersionFile(file.Path, digest, file.Size));
            }
        });

        var missing = new List<(LocalFile File, string Digest)>();
        foreach (var (file, version) in files.Zip(named).DistinctBy(pair => pair.Second.Digest))
        {
            if (!await client.HasArtifactAsync(version.Digest, cancellation))
                missing.Add((file, version.Digest));
        }

        var toSend = missing.Sum(one => one.File.Size);
        await TransferProgress.ShowAsync(terminal, "Sending", toSend, async report =>
        {
            foreach (var (file, digest) in missing)
            {
                await client.PutFileAsync(file.Location, digest, report, cancellation: cancellation);
            }
        });
        return new Outcome(named, toSend);
    }
}
