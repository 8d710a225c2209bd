using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Fairlead.Server.Description;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c>, the same on every server.</summary>
internal static class OpenApiDescription
{
    public static void AddOpenApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Fairlead",
                Version = "v1",
                Description = "Stores, serves, rolls out and watches machine-learning models. Errors are problem "
                    + "details of RFC 9457 whose 'code' is stable. With access control on, send a key as "
                    + "'Authorization: Bearer KEY'.",
            };

            // The address is the one that the reader came by.
            document.Servers?.Clear();
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(CompleteAsync);
    });

    private static async Task CompleteAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var pattern = RoutePatternFactory.Parse(context.Description.RelativePath!);
        operation.Parameters ??= [];
        foreach (var parameter in pattern.Parameters)
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = parameter.Name,
                In = ParameterLocation.Path,
                Required = true,
                Schema = Schema(parameter.Name is "number" or "id" ? "integer" : "string"),
            });
        }

        if (metadata.OfType<RouteDescription>().LastOrDefault() is not { } description)
            return;

        foreach (var query in description.Query)
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = query.Name,
                In = query.InHeader ? ParameterLocation.Header : ParameterLocation.Query,
                Description = query.Description,
                Schema = Schema(query.Type),
            });
        }

        if (description.Body is { } body)
        {
            var schema = body.Schema is null
                ? new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" }
                : await context.GetOrCreateSchemaAsync(body.Schema, cancellationToken: cancellation);
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = body.MediaTypes.ToDictionary(
                    type => type, _ => new OpenApiMediaType { Schema = schema }),
            };
        }
    }

    private static OpenApiSchema Schema(string type) => new()
    {
        Type = type switch
        {
            "integer" => JsonSchemaType.Integer,
            "boolean" => JsonSchemaType.Boolean,
            _ => JsonSchemaType.String,
        },
    };
}
