using System.Net;
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
    /// <summary>
    /// Asks the other server whom it takes this one for, so that what is wrong with its address or its key is told of
    /// it, and not of the server that is carried from.
    /// </summary>
    public static async Task MeetAsync(FairleadClient to, string address, CancellationToken cancellation)
    {
        try
        {
            await to.GetCallerAsync(cancellation);
        }
        catch (HttpRequestException unreachable)
        {
            throw new CliException(ExitCodes.Unreachable, Failures.Sentence(unreachable, address),
                "It is the server of --to; nothing was carried.");
        }
        catch (FairleadApiException refused) when (refused.Status == HttpStatusCode.Unauthorized)
        {
            throw new CliException(ExitCodes.NotAllowed, $"{address} does not know the key: {refused.Message}",
                "Give the key of the server of --to with --to-key or FAIRLEAD_TO_KEY.");
        }
    }

    public static async Task<CarriedInfo> RunAsync(
        FairleadClient from, FairleadClient to, CarriedVersion version, string origin, string? reason,
        Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            return await CarryAsync(from, to, version, origin, reason, terminal, cancellation);
        }
        catch (HttpRequestException broken)
        {
            throw new CliException(ExitCodes.Unreachable,
                $"the way of {version.Model}/{version.Number} from {origin} broke off: {broken.Message}",
                "Run it again: what is there already is not sent again.");
        }
    }

    private static async Task<CarriedInfo> CarryAsync(
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
