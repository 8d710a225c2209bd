using Fairlead.Cli.Shell;
using Fairlead.Client;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Promoting;

/// <summary>
/// Carries a version from one environment to another: its files first, those that are there already left out, then
/// everything that is known of it. Whoever was interrupted begins again and sends what is missing, of a large file its
/// parts.
/// </summary>
internal static class Carriage
{
    public static async Task<CarriedInfo> RunAsync(
        FairleadClient from, FairleadClient to, CarriedVersion version, string origin, string? reason,
        Terminal terminal, CancellationToken cancellation)
    {
        var missing = new List<VersionFile>();
        foreach (var file in version.Files.DistinctBy(file => file.Digest))
        {
            if (!await to.HasArtifactAsync(file.Digest, cancellation))
                missing.Add(file);
        }

        await TransferProgress.ShowAsync(terminal, "Carrying", missing.Sum(file => file.Size), async sent =>
        {
            foreach (var file in missing)
                await from.CopyArtifactAsync(file.Digest, file.Size, to, sent, cancellation: cancellation);
        });
        return await to.CarryVersionAsync(
            version.Model, new CarryRequest { Version = version, From = origin, Reason = reason }, cancellation);
    }
}
