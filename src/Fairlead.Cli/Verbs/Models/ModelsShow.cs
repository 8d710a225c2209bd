using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Shell;
using Fairlead.Cli.Verbs.Rollouts;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Models;

/// <summary>Shows a model with its versions, or one version with everything that is known of it.</summary>
internal static class ModelsShow
{
    public static Command Create(Terminal terminal)
    {
        var reference = Options.Version("A model, or one of its versions");
        return new Command("show", "Show a model, or one of its versions") { reference }
            .Runs(terminal, async (call, cancellation) =>
            {
                var wanted = call.Value(reference);
                if (!wanted.IsModel)
                {
                    var number = await wanted.ResolveAsync(call.Client, cancellation);
                    var version = await call.Client.GetVersionAsync(wanted.Model, number, cancellation);
                    call.Write(version, to => Show(version, to));
                    return;
                }

                var model = await call.Client.GetModelAsync(wanted.Model, cancellation);
                if (call.Json)
                {
                    call.Write(model, _ => { });
                    return;
                }

                var versions = await Pages.AllAsync(
                    page => call.Client.ListVersionsAsync(wanted.Model, page, cancellation));
                Show(model, versions.Items, terminal);
            });
    }

    private static void Show(ModelInfo model, IReadOnlyList<VersionInfo> versions, Terminal to)
    {
        new Facts()
            .Add("model", model.Name)
            .Add("description", model.Description)
            .Add("tags", Text(model.Tags))
            .Add("aliases", ModelsList.AliasText(model.Aliases))
            .Add("created", model.CreatedAt)
            .Write(to);
        to.Out.WriteLine();
        var list = new Listing("version", "aliases", "size", "created", "by", "metrics", "description");
        foreach (var version in versions)
        {
            list.Add(version.Number, string.Join(", ", version.Aliases), ByteText.Format(version.Size),
                version.CreatedAt, version.CreatedBy, Text(version.Metrics), version.Description);
        }

        list.Write(to);
    }

    private static void Show(VersionInfo version, Terminal to)
    {
        new Facts()
            .Add("version", $"{version.Model}/{version.Number}")
            .Add("description", version.Description)
            .Add("aliases", string.Join(", ", version.Aliases))
            .Add("tags", Text(version.Tags))
            .Add("metrics", Text(version.Metrics))
            .Add("parameters", Text(version.Parameters))
            .Add("datasets", string.Join(", ", version.Lineage.Registered
                .Select(data => $"{data.Name}/{data.Version} ({data.Role})")))
            .Add("data sets", Text(version.Lineage.Datasets))
            .Add("code commit", version.Lineage.CodeCommit)
            .Add("run", version.Lineage.Run)
            .Add("continues", version.Lineage.Parent)
            .Add("created", version.CreatedAt)
            .Add("by", version.CreatedBy)
            .Add("runtime", version.Runtime)
            .Add("entry", version.Entry)
            .Add("memory", ByteText.Format(version.Probe.ResidentBytes))
            .Add("loads in", string.Create(CultureInfo.InvariantCulture, $"{version.Probe.LoadMilliseconds:0} ms"))
            .Add("batching", version.Probe.Batchable ? "possible" : $"off: {version.Probe.NotBatchableBecause}")
            .Write(to);
        to.Out.WriteLine();
        var tensors = new Listing("", "name", "type", "shape", "fields");
        foreach (var input in version.Inputs)
            Add(tensors, input.Optional ? "input (optional)" : "input", input);
        foreach (var output in version.Outputs)
            Add(tensors, "output", output);
        tensors.Write(to);
        to.Out.WriteLine();
        var files = new Listing("file", "size", "sha256");
        foreach (var file in version.Files)
            files.Add(file.Path, ByteText.Format(file.Size), file.Digest);
        files.Write(to);
        ShowRollouts(version, to);
    }

    /// <summary>What became of the version in rollouts: what decided, with its numbers, and when.</summary>
    private static void ShowRollouts(VersionInfo version, Terminal to)
    {
        if (version.Rollouts.Count == 0)
            return;

        to.Out.WriteLine();
        var list = new Listing("rollout", "endpoint", "as", "outcome", "when", "check", "estimate", "why");
        foreach (var each in version.Rollouts)
        {
            list.Add(each.Rollout, each.Endpoint, each.Role, each.Outcome, each.DecidedAt, each.DecidedBy?.Name,
                each.DecidedBy is { } check ? RolloutText.Interval(check) : null, each.Why);
        }

        list.Write(to);
    }

    private static void Add(Listing list, string role, TensorInfo tensor)
    {
        var sizes = tensor.Shape.Select(size => size < 0 ? "?" : size.ToString(CultureInfo.InvariantCulture));
        list.Add(role, tensor.Name, tensor.Datatype, $"[{string.Join(", ", sizes)}]", string.Join(", ", tensor.Fields));
    }

    private static string Text<T>(IReadOnlyDictionary<string, T> pairs) =>
        string.Join(", ", pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}")));
}
