using Fairlead.Client.Api;
using Fairlead.Core.Alerts;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Alerts.Holding;

/// <summary>Silences and inhibitions as the tables hold them.</summary>
internal static class HoldingRead
{
    /// <summary>What holds alerts back at a moment.</summary>
    /// <param name="firing">The labels of all alerts that fire.</param>
    public static async Task<HeldAlerts> HeldAsync(
        FairleadDbContext db, IReadOnlyList<AlertLabels> firing, DateTimeOffset now, CancellationToken cancellation)
    {
        var at = now.ToMicroseconds();
        var silences = await db.Silences.Where(row => row.StartsAt <= at && row.EndsAt > at)
            .OrderBy(row => row.Id).ToListAsync(cancellation);
        var inhibitions = await db.Inhibitions.OrderBy(row => row.Name).ToListAsync(cancellation);
        return new HeldAlerts(silences.ConvertAll(Silence), inhibitions.ConvertAll(Inhibition), firing, now);
    }

    /// <summary>The labels of all alerts that fire.</summary>
    public static async Task<List<AlertLabels>> FiringAsync(FairleadDbContext db, CancellationToken cancellation)
    {
        var phase = nameof(AlertPhase.Firing);
        var labels = await db.Alerts.Where(row => row.Phase == phase).OrderBy(row => row.Id)
            .Select(row => row.Labels).ToListAsync(cancellation);
        return labels.ConvertAll(AlertRecords.ReadLabels);
    }

    public static Silence Silence(SilenceRow row) => new(
        row.Id.ToString(System.Globalization.CultureInfo.InvariantCulture),
        [.. StoredJson.Read<List<string>>(row.Matchers).Select(Known)],
        Instants.FromMicroseconds(row.StartsAt), Instants.FromMicroseconds(row.EndsAt), row.Author, row.Comment);

    public static Inhibition Inhibition(InhibitionRow row)
    {
        var spec = StoredJson.Read<InhibitionRequest>(row.Spec);
        return new Inhibition(
            row.Name, [.. spec.Source.Select(Known)], [.. spec.Target.Select(Known)], [.. spec.Equal]);
    }

    /// <summary>A matcher that was checked when it was stored.</summary>
    private static LabelMatcher Known(string text) => LabelMatcher.Parse(text) is ({ } matcher, _)
        ? matcher
        : throw new InvalidDataException($"A stored matcher cannot be read: '{text}'.");
}
