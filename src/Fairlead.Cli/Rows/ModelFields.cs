using Fairlead.Client;

namespace Fairlead.Cli.Rows;

/// <summary>Asks the server which fields an endpoint's rows have, and of which types they are.</summary>
internal static class ModelFields
{
    /// <summary>For rows that carry their own types.</summary>
    public static FieldTypes None { get; } = new(new Dictionary<string, string>(), null);

    /// <summary>
    /// The fields of the stable variant's version: each column of an input that names its columns, and each other input
    /// by its own name.
    /// </summary>
    public static async Task<FieldTypes> ReadAsync(
        FairleadClient client, string name, CancellationToken cancellation)
    {
        var endpoint = await client.GetEndpointAsync(name, cancellation);
        if (endpoint.Variants.FirstOrDefault(variant => variant.Name == endpoint.Stable)
            is not { Model: { } model, Version: { } number })
        {
            throw new CliException(ExitCodes.NotFound, $"the endpoint '{name}' has no variant to ask.");
        }

        var version = await client.GetVersionAsync(model, number, cancellation);
        var types = new Dictionary<string, string>();
        foreach (var input in version.Inputs)
        {
            foreach (var field in input.Fields.DefaultIfEmpty(input.Name))
                types[field] = input.Datatype;
        }

        var unit = endpoint.Unit.StartsWith("field:", StringComparison.Ordinal) ? endpoint.Unit[6..] : null;
        return new FieldTypes(types, unit);
    }
}
