using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Endpoints;

/// <summary>Shows one endpoint: its variants, and how far each replica is with it.</summary>
internal static class EndpointsShow
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The endpoint" };
        return new Command("show", "Show an endpoint") { name }.Runs(terminal, async (call, cancellation) =>
        {
            var endpoint = await call.Client.GetEndpointAsync(call.Value(name), cancellation);
            call.Write(endpoint, to => Show(endpoint, to));
        });
    }

    private static void Show(EndpointInfo endpoint, Terminal to)
    {
        var facts = new Facts()
            .Add("endpoint", endpoint.Name)
            .Add("unit", endpoint.Unit)
            .Add("stable", endpoint.Stable)
            .Add("generation", endpoint.Generation)
            .Add("serving", endpoint.ServingGeneration)
            .Add("in flight", $"at most {endpoint.Limits.MaxInFlight}")
            .Add("timeout", DurationText.Format(endpoint.Limits.Timeout))
            .Add("changed", endpoint.ChangedAt)
            .Add("by", endpoint.ChangedBy);
        if (endpoint.Value is { } value)
            facts.Add("value", $"{value.Metric} {value.Unit}".TrimEnd());
        if (endpoint.Log is { } log)
            facts.Add("log", $"{log.Share * 100:0.##} % for {DurationText.Format(log.Retention)}");
        if (endpoint.Schema is { } schema)
            facts.Add("schema", $"{schema.Columns.Count} columns, {schema.Mode}");
        facts.Write(to);
        to.Out.WriteLine();
        var variants = new Listing("variant", "version", "weight", "share", "batch", "notes");
        foreach (var variant in endpoint.Variants)
        {
            variants.Add(variant.Name, EndpointsList.Answers(variant), variant.Weight,
                EndpointsList.Share(variant), variant.Batching.MaxRows, string.Join("; ", variant.Notes));
        }

        if (endpoint.Holdout is { } holdout)
        {
            variants.Add(holdout.Name, EndpointsList.Answers(holdout), "",
                EndpointsList.Share(holdout), holdout.Batching.MaxRows, "stays out of every rollout");
        }

        variants.Write(to);
        ShowFaults(endpoint.SchemaFaults, to);
        if (endpoint.Placements.Count == 0)
            return;

        to.Out.WriteLine();
        var replicas = new Listing("replica", "live", "generation", "state", "serving", "why");
        foreach (var placement in endpoint.Placements)
        {
            replicas.Add(placement.Replica, placement.Live, placement.Generation, placement.State,
                placement.ServingGeneration, placement.Why);
        }

        replicas.Write(to);
    }

    /// <summary>What broke the schema on the replica that answered.</summary>
    private static void ShowFaults(IReadOnlyList<SchemaCountInfo> faults, Terminal to)
    {
        if (faults.Count == 0)
            return;
        to.Out.WriteLine();
        var list = new Listing("variant", "column", "fault", "rows");
        foreach (var fault in faults)
            list.Add(fault.Variant, fault.Column, DriftVerb.Words(fault.Fault), fault.Rows);
        list.Write(to);
    }
}
