using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Models;

/// <summary>Changes what is said about a model or a version; the version itself never changes.</summary>
internal static class ModelsTag
{
    public static Command Create(Terminal terminal)
    {
        var reference = Options.Version("A model, or one of its versions");
        var tags = new Argument<Dictionary<string, string>>("tags")
        {
            Description = "Tags to set; the others stay",
            HelpName = "key=value",
            Arity = ArgumentArity.ZeroOrMore,
            CustomParser = result => Options.ReadPairs(result, "tag"),
        };
        var remove = Options.Of<string[]>("--remove", "key", "Remove this tag (repeatable)");
        var description = Options.Of<string?>("--description", "text", "Replace the description");
        var reason = Options.Reason();
        var command = new Command("tag", "Tag or describe a model, or one of its versions")
        { reference, tags, remove, description, reason };
        return command.Runs(terminal, async (call, cancellation) =>
        {
            var changes = call.Value(tags)?.ToDictionary(tag => tag.Key, tag => (string?)tag.Value) ?? [];
            foreach (var key in call.Value(remove) ?? [])
                changes[key] = null;
            if (changes.Count == 0 && call.Value(description) is null)
                throw CliException.Usage("there is nothing to change.", "Give key=value, --remove or --description.");

            var request = new DescribeRequest
            {
                Description = call.Value(description),
                Tags = changes.Count > 0 ? changes : null,
                Reason = call.Value(reason),
            };
            await SendAsync(call, call.Value(reference), request, cancellation);
        });
    }

    private static async Task SendAsync(
        Call call, VersionReference wanted, DescribeRequest request, CancellationToken cancellation)
    {
        if (wanted.IsModel)
        {
            var model = await call.Client.DescribeModelAsync(wanted.Model, request, cancellation);
            call.Write(model, _ => call.Note($"{wanted} is described anew."));
            return;
        }

        var number = await wanted.ResolveAsync(call.Client, cancellation);
        var version = await call.Client.DescribeVersionAsync(wanted.Model, number, request, cancellation);
        call.Write(version, _ => call.Note($"{wanted.Model}/{number} is described anew."));
    }
}
