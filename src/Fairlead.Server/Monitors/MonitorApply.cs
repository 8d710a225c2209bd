using Fairlead.Client.Api;
using Fairlead.Server.Apply;

namespace Fairlead.Server.Monitors;

/// <summary>Documents of <c>kind: Monitor</c>.</summary>
internal static class MonitorApply
{
    public static DocumentKind Kind { get; } = new("Monitor", 2, members =>
    {
        var name = DocumentKind.TakeName(members);
        var request = DocumentKind.Decode<MonitorRequest>(members);
        return write => ApplyAsync(write, name, request);
    });

    private static async Task<AppliedDocument> ApplyAsync(WriteScope write, string name, MonitorRequest request)
    {
        var change = await MonitorWrites.PutAsync(write, name, request);
        return new AppliedDocument
        {
            Kind = Kind.Name,
            Name = name,
            Outcome = change.Before is null ? "created" : change.Changed ? "changed" : "unchanged",
            Differences = change.Changed ? Differences.Between(change.Before, request) : [],
        };
    }
}
