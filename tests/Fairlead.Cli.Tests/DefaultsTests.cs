using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Tests;

/// <summary>What is left out of a document keeps its default on the other side.</summary>
public sealed class DefaultsTests
{
    [Fact]
    public void Request_WithoutOptionalMembers_HasTheirDefaults()
    {
        var json = """{"variants": [{"name": "a", "model": "m", "batching": {}}]}""";

        var request = (PutEndpointRequest)JsonSerializer.Deserialize(
            json, (JsonTypeInfo<PutEndpointRequest>)ApiJson.Strict.GetTypeInfo(typeof(PutEndpointRequest)))!;

        request.Unit.ShouldBe("request");
        request.Limits.MaxInFlight.ShouldBe(1024);
        request.Variants[0].Weight.ShouldBe(1);
        request.Variants[0].Batching.MaxRows.ShouldBe(32);
    }

    [Fact]
    public void MembersWithADefault_AreNotInitOnly()
    {
        var lost =
            from type in typeof(ApiJson).Assembly.GetExportedTypes()
            where type.Namespace == typeof(ApiJson).Namespace && type.GetConstructor([]) is not null
            let instance = Activator.CreateInstance(type)
            from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            where property.SetMethod is { } set
                && set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit))
                && !IsDefault(property.GetValue(instance), property.PropertyType)
            select $"{type.Name}.{property.Name}";

        lost.ShouldBeEmpty();
    }

    private static bool IsDefault(object? value, Type type) =>
        value is null || type.IsValueType && value.Equals(Activator.CreateInstance(type));
}
