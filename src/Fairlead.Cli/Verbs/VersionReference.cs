using System.Globalization;
using Fairlead.Client;

namespace Fairlead.Cli.Verbs;

/// <summary>
/// A model, or one of its versions by number or alias: <c>credit</c>, <c>credit/3</c>, <c>credit@champion</c>.
/// </summary>
internal readonly record struct VersionReference(string Model, int? Number, string? Alias)
{
    /// <summary>Neither a number nor an alias is given.</summary>
    public bool IsModel => Number is null && Alias is null;

    public static bool TryParse(string text, out VersionReference reference)
    {
        reference = default;
        var split = text.IndexOfAny(['/', '@']);
        if (split < 0)
        {
            reference = new VersionReference(text, null, null);
            return text.Length > 0;
        }

        var (model, rest) = (text[..split], text[(split + 1)..]);
        if (model.Length == 0 || rest.Length == 0)
            return false;
        if (text[split] == '@')
        {
            reference = new VersionReference(model, null, rest);
            return true;
        }

        var isNumber = int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        reference = new VersionReference(model, number, null);
        return isNumber && number > 0;
    }

    /// <summary>
    /// The number of the version; asks the server for an alias, and for the newest where only a model is given.
    /// </summary>
    public async Task<int> ResolveAsync(FairleadClient client, CancellationToken cancellation)
    {
        if (Number is { } number)
            return number;
        var model = await client.GetModelAsync(Model, cancellation);
        if (Alias is null)
        {
            return model.LatestVersion
                ?? throw new CliException(ExitCodes.NotFound, $"the model '{Model}' has no version yet.");
        }

        return model.Aliases.TryGetValue(Alias, out var pointed)
            ? pointed
            : throw new CliException(ExitCodes.NotFound, $"the model '{Model}' has no alias '{Alias}'.",
                model.Aliases.Count == 0 ? null : $"It has {string.Join(", ", model.Aliases.Keys)}.");
    }

    public override string ToString() => this switch
    {
        { Number: { } number } => $"{Model}/{number}",
        { Alias: { } alias } => $"{Model}@{alias}",
        _ => Model,
    };
}
