using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Endpoints;

/// <summary>An endpoint's <c>log:</c> as it is written, and whether its fields are there.</summary>
internal static class LogFit
{
    public static LogSpec? Read(LogInfo? written) => written is null ? null : new LogSpec
    {
        Share = written.Share,
        Redact = [.. written.Redact],
        Hash = [.. written.Hash],
        Omit = [.. written.Omit],
        Retention = written.Retention,
        Subject = written.Subject,
    };

    public static LogInfo? Shown(LogSpec? log) => log is null ? null : new LogInfo
    {
        Share = log.Share,
        Redact = log.Redact,
        Hash = log.Hash,
        Omit = log.Omit,
        Retention = log.Retention,
        Subject = log.Subject,
    };

    /// <summary>Refuses an endpoint whose log names fields that none of its versions has.</summary>
    public static async Task ThrowIfUnfitAsync(WriteScope write, EndpointSpec spec)
    {
        if (spec.Log is not { } log || (!log.Treated.Any() && log.Subject is null))
            return;

        var signatures = new List<Signature>();
        foreach (var version in spec.Arms.Select(arm => arm.Version).OfType<VersionId>().Distinct())
        {
            var model = version.Model.ToString();
            var manifest = await write.Db.Versions
                .Where(row => row.Model == model && row.Number == version.Number)
                .Select(row => row.Manifest).SingleAsync(write.Cancellation);
            signatures.Add(StoredJson.Read<Manifest>(manifest).Signature);
        }

        // An arm without a model has outputs of its own.
        var answers = spec.Arms.SelectMany(arm => arm.Control?.Outputs.Select(output => output.Output) ?? [])
            .Select(name => new TensorSpec(name, ElementType.String, []));
        signatures.Add(new Signature([], [.. answers]));
        if (LogSpec.CheckFields(log, signatures, "log").ToList() is { Count: > 0 } faults)
            throw new RefusalException(faults);
    }
}
